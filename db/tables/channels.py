"""Channels (each is one bot or one number), and the agents that serve them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from db.ids import AgentId, ChannelId
from db.tables.base import (
    SecretKind,
    encrypted,
    last_change,
    new_dict,
    new_list,
    primary_ulid,
    reference,
    timestamp,
)
from db.types import Json, Key, LongText, short_enum


class ChannelKind(StrEnum):
    TELEGRAM = "telegram"
    WHATSAPP_CLOUD = "whatsapp_cloud"
    WHATSAPP_WAHA = "whatsapp_waha"


class AiTakeover(StrEnum):
    OFF = "off"
    IMMEDIATE = "immediate"
    DELAYED = "delayed"


class StaffMode(StrEnum):
    """Where agents answer: in the topics of a staff group, or each in their own chat."""

    GROUP = "group"
    PERSONAL = "personal"


class OfflinePolicy(StrEnum):
    """What happens to the open sessions of an agent who goes offline."""

    KEEP = "keep"
    HAND_BACK = "hand_back"
    PASS_ON = "pass_on"  # noqa: S105 no password


class Channel(SQLModel, table=True):
    """One bot or number that customers write to."""

    __tablename__ = "channels"
    __table_args__ = (sa.UniqueConstraint("kind", "external_id"),)

    id: ChannelId = primary_ulid()
    kind: ChannelKind = Field(sa_type=short_enum(ChannelKind))
    # The provider's own id of the bot or number: it stays the same when the token changes.
    external_id: str = Field(sa_type=Key)
    name: str = Field(sa_type=sa.String(120))
    is_active: bool = True
    # The language for customers whose language is unknown; empty: that of the settings.
    language: str = Field(default="", sa_type=sa.String(12))
    staff_groups: list[str] = Field(default_factory=new_list, sa_type=Json, nullable=False)
    # Old id → new id of staff groups that became supergroups: settings may still have the old id.
    moved_groups: dict[str, str] = Field(default_factory=new_dict, sa_type=Json, nullable=False)
    # The Telegram channel whose bot serves the staff groups; empty: this channel itself.
    staff_channel_id: ChannelId | None = reference("channels.id", nullable=True)
    # Empty: that of the settings.
    staff_mode: StaffMode | None = Field(default=None, sa_type=short_enum(StaffMode), nullable=True)
    # The bot of TELEGRAM_STAFF_BOT_TOKEN, in whose chats agents have desks of their own. It has no
    # customers.
    is_staff_bot: bool = False
    offline_policy: OfflinePolicy = Field(
        default=OfflinePolicy.KEEP, sa_type=short_enum(OfflinePolicy)
    )
    ai_takeover: AiTakeover = Field(default=AiTakeover.OFF, sa_type=short_enum(AiTakeover))
    ai_takeover_minutes: int = 5
    ai_reply_limit: int = 10
    credentials: str | None = encrypted(SecretKind.CHANNEL_CREDENTIALS, LongText, nullable=True)
    settings: dict[str, Any] = Field(default_factory=new_dict, sa_type=Json, nullable=False)
    # JSON, because it is read and replaced as a whole; desk/business_hours.py defines its shape.
    opening_hours: dict[str, Any] | None = Field(default=None, sa_type=Json)
    # The operator's own words for what customers read; desk/texts/customer_texts.py: their shape.
    texts: dict[str, Any] | None = Field(default=None, sa_type=Json)
    # The provider's answer to the last check: see desk/setup/check_results.py.
    last_check: dict[str, Any] | None = Field(default=None, sa_type=Json)
    icon_url: str | None = Field(default=None, sa_type=sa.String(500))
    # The row stays, because conversations refer to it.
    deleted_at: datetime | None = timestamp(nullable=True)
    created_at: datetime = timestamp()
    updated_at: datetime = last_change()


class ChannelAgent(SQLModel, table=True):
    """An agent that serves a channel; a channel without such rows is served by all agents."""

    __tablename__ = "channel_agents"

    channel_id: ChannelId = reference("channels.id", primary_key=True)
    agent_id: AgentId = reference("agents.id", primary_key=True, index=True)
