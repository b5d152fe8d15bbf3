"""Outgoing webhooks: other programs that receive events, and their deliveries."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from db.ids import DeliveryId, WebhookId
from db.tables.base import SecretKind, encrypted, new_list, primary_ulid, reference, timestamp
from db.types import Json, LongText, short_enum


class WebhookDeliveryState(StrEnum):
    """PENDING is sent in order; ASIDE was refused and is retried by itself; PARKED is given up."""

    PENDING = "pending"
    ASIDE = "aside"
    DELIVERED = "delivered"
    PARKED = "parked"


class Webhook(SQLModel, table=True):
    """An address that receives events."""

    __tablename__ = "webhooks"

    id: WebhookId = primary_ulid()
    name: str = Field(sa_type=sa.String(120))
    url: str = Field(sa_type=sa.String(2000))
    # Kinds of events; empty: all of them.
    events: list[str] = Field(default_factory=new_list, sa_type=Json, nullable=False)
    secret: str = encrypted(SecretKind.WEBHOOK_SECRET, sa.String(255))
    is_active: bool = True
    # How many tries in a row did not reach the server, and when the next one is due.
    failures: int = 0
    due_at: datetime | None = timestamp(nullable=True)
    last_delivered_at: datetime | None = timestamp(nullable=True)
    created_at: datetime = timestamp()
    # Deleted; the row stays until housekeeping has removed its deliveries.
    deleted_at: datetime | None = timestamp(nullable=True)


class WebhookDelivery(SQLModel, table=True):
    """One event for one webhook. Its text is read when it is sent, and not stored here."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        sa.Index("ix_webhook_deliveries_next", "webhook_id", "state", "due_at", "id"),
        sa.Index("ix_webhook_deliveries_newest", "webhook_id", "created_at", "id"),
    )

    id: DeliveryId = primary_ulid()
    webhook_id: WebhookId = reference("webhooks.id")
    event: str = Field(sa_type=sa.String(64))
    # As in `events.records`, with one event only.
    records: str = Field(sa_type=LongText)
    happened_at: datetime = timestamp()
    state: WebhookDeliveryState = Field(
        default=WebhookDeliveryState.PENDING, sa_type=short_enum(WebhookDeliveryState)
    )
    attempts: int = 0
    due_at: datetime = timestamp()
    # Not tried after this time: parked.
    expires_at: datetime = timestamp()
    # The last try's HTTP status, or its error.
    status: int | None = None
    error: str | None = Field(default=None, sa_type=sa.String(500))
    created_at: datetime = timestamp()
    settled_at: datetime | None = timestamp(nullable=True)
