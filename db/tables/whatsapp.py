"""WhatsApp channels' linked phones, templates, and early receipts."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from db.ids import ChannelId, TemplateId
from db.tables.base import last_change, new_list, primary_ulid, reference, timestamp
from db.tables.messages import DeliveryState
from db.types import Json, Key, LongText, QueueId, short_enum


class LinkStatus(StrEnum):
    """The state of a number that is linked by QR code: nearly WAHA's words."""

    STOPPED = "STOPPED"
    STARTING = "STARTING"
    SCAN_QR_CODE = "SCAN_QR_CODE"
    PASSKEY_REQUIRED = "PASSKEY_REQUIRED"
    PASSKEY_CONFIRMATION = "PASSKEY_CONFIRMATION"
    WORKING = "WORKING"
    FAILED = "FAILED"


class WhatsAppSession(SQLModel, table=True):
    """A channel's link to a phone: its status and, while it waits for a scan, its QR code."""

    __tablename__ = "whatsapp_sessions"

    channel_id: ChannelId = reference("channels.id", primary_key=True)
    status: LinkStatus = Field(default=LinkStatus.STOPPED, sa_type=short_enum(LinkStatus))
    # The content of the current QR code; empty when there is nothing to scan.
    qr: str | None = Field(default=None, sa_type=LongText)
    qr_at: datetime | None = timestamp(nullable=True)
    # The linked number, and the name that the phone shows.
    phone: str | None = Field(default=None, sa_type=sa.String(32))
    push_name: str | None = Field(default=None, sa_type=sa.String(190))
    error: str | None = Field(default=None, sa_type=sa.String(500))
    # The messages in which staff sees the code, to be updated and deleted with it.
    qr_messages: list[dict[str, Any]] = Field(
        default_factory=new_list, sa_type=Json, nullable=False
    )
    # When its status changed.
    changed_at: datetime = timestamp()
    created_at: datetime = timestamp()
    updated_at: datetime = last_change()


class TemplateStatus(StrEnum):
    """Whether a template may be sent; OTHER: a status of Meta's that we do not know."""

    APPROVED = "APPROVED"
    PENDING = "PENDING"
    REJECTED = "REJECTED"
    PAUSED = "PAUSED"
    DISABLED = "DISABLED"
    GONE = "GONE"
    OTHER = "OTHER"


class WhatsAppMessageTemplate(SQLModel, table=True):
    """A message template in one language, as Meta approved it; it may be sent at any time."""

    __tablename__ = "whatsapp_message_templates"
    __table_args__ = (sa.UniqueConstraint("channel_id", "name", "language"),)

    id: TemplateId = primary_ulid()
    channel_id: ChannelId = reference("channels.id")
    provider_id: str = Field(default="", sa_type=Key)
    name: str = Field(sa_type=sa.String(190))
    language: str = Field(sa_type=sa.String(16))
    category: str = Field(default="", sa_type=sa.String(32))
    status: TemplateStatus = Field(sa_type=short_enum(TemplateStatus))
    # Header, body, footer and buttons, in Meta's format.
    components: list[dict[str, Any]] = Field(default_factory=new_list, sa_type=Json, nullable=False)
    is_named: bool = False
    reason: str | None = Field(default=None, sa_type=sa.String(500))
    synced_at: datetime = timestamp()
    created_at: datetime = timestamp()
    updated_at: datetime = last_change()


class EarlyReceipt(SQLModel, table=True):
    """A receipt that came before its message's provider id was stored.

    The answer to the send is still to come.
    """

    __tablename__ = "early_receipts"

    channel_id: ChannelId = reference("channels.id", primary_key=True)
    provider_id: str = Field(sa_type=Key, primary_key=True)
    # The outbox row that became the message, where the provider returns our id.
    outbox_id: int | None = Field(default=None, sa_type=QueueId, index=True)
    state: DeliveryState = Field(sa_type=short_enum(DeliveryState))
    reason: str | None = Field(default=None, sa_type=sa.String(500))
    # Whether the failed message may be sent as a template.
    needs_template: bool = False
    created_at: datetime = timestamp(index=True)
