"""What WhatsApp channels keep beside messages: their link, templates, receipts that came early."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from db.ids import ChannelId, TemplateId
from db.tables.base import primary_ulid, reference, timestamp
from db.tables.messages import DeliveryState
from db.types import Json, Key, LongText, QueueId, short_enum


class LinkStatus(StrEnum):
    """How a number stands that is linked by QR code: nearly in WAHA's words."""

    STOPPED = "STOPPED"
    STARTING = "STARTING"
    SCAN_QR_CODE = "SCAN_QR_CODE"
    PASSKEY_REQUIRED = "PASSKEY_REQUIRED"
    PASSKEY_CONFIRMATION = "PASSKEY_CONFIRMATION"
    WORKING = "WORKING"
    FAILED = "FAILED"


class WhatsAppSession(SQLModel, table=True):
    """The link of a channel to a phone: its status and, while it is to be scanned, its QR code."""

    __tablename__ = "whatsapp_sessions"

    channel_id: ChannelId = reference("channels.id", primary_key=True)
    status: LinkStatus = Field(default=LinkStatus.STOPPED, sa_type=short_enum(LinkStatus))
    # What a QR code of now says; empty when there is nothing to scan.
    qr: str | None = Field(default=None, sa_type=LongText)
    qr_at: datetime | None = timestamp(nullable=True)
    # Who is linked: the number and the name that the phone shows.
    phone: str | None = Field(default=None, sa_type=sa.String(32))
    push_name: str | None = Field(default=None, sa_type=sa.String(190))
    error: str | None = Field(default=None, sa_type=sa.String(500))
    # Where staff sees the code at present, to be changed with it and withdrawn after it.
    qr_messages: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json, nullable=False)
    changed_at: datetime = timestamp()


class TemplateStatus(StrEnum):
    """Whether a template may be sent; OTHER: a word of Meta's that we do not know."""

    APPROVED = "APPROVED"
    PENDING = "PENDING"
    REJECTED = "REJECTED"
    PAUSED = "PAUSED"
    DISABLED = "DISABLED"
    GONE = "GONE"
    OTHER = "OTHER"


class WhatsAppMessageTemplate(SQLModel, table=True):
    """A text that may be sent at any time, as Meta approved it, in one language."""

    __tablename__ = "whatsapp_message_templates"
    __table_args__ = (sa.UniqueConstraint("channel_id", "name", "language"),)

    id: TemplateId = primary_ulid()
    channel_id: ChannelId = reference("channels.id")
    provider_id: str = Field(default="", sa_type=Key)
    name: str = Field(sa_type=sa.String(190))
    language: str = Field(sa_type=sa.String(16))
    category: str = Field(default="", sa_type=sa.String(32))
    status: TemplateStatus = Field(sa_type=short_enum(TemplateStatus))
    # Header, body, footer, buttons, as Meta describes them.
    components: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json, nullable=False)
    is_named: bool = False
    reason: str | None = Field(default=None, sa_type=sa.String(500))
    synced_at: datetime = timestamp()
    created_at: datetime = timestamp()


class EarlyReceipt(SQLModel, table=True):
    """How far a message got that we do not know yet: the answer to its send is still to come."""

    __tablename__ = "early_receipts"

    channel_id: ChannelId = reference("channels.id", primary_key=True)
    provider_id: str = Field(sa_type=Key, primary_key=True)
    # Our outbox row that it became of, where the provider gives its number back.
    outbox_id: int | None = Field(default=None, sa_type=QueueId, index=True)
    state: DeliveryState = Field(sa_type=short_enum(DeliveryState))
    reason: str | None = Field(default=None, sa_type=sa.String(500))
    # Whether what failed may be sent as a template.
    needs_template: bool = False
    created_at: datetime = timestamp(index=True)
