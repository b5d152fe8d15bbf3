"""Canned replies: answers that are written once and sent often."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from db.ids import CannedReplyId, ChannelId
from db.tables.base import primary_ulid, reference, timestamp
from db.types import Json, Key, LongText


class CannedReply(SQLModel, table=True):
    """A text under a shortcut, for one channel and language or for all of them."""

    __tablename__ = "canned_replies"

    id: CannedReplyId = primary_ulid()
    shortcut: str = Field(sa_type=Key, index=True)
    title: str = Field(sa_type=sa.String(120))
    text: str = Field(sa_type=LongText)
    # What it does beside: tags, priority, agent_id, snooze_minutes, end. None: it is a text only.
    actions: dict[str, Any] | None = Field(default=None, sa_type=Json)
    # Empty: for customers of every language.
    language: str = Field(default="", sa_type=sa.String(12))
    channel_id: ChannelId | None = reference("channels.id", nullable=True)
    # Channel, language and shortcut in one string. A unique key over these columns would allow
    # duplicates, because channel_id may be NULL.
    unique_key: str = Field(sa_type=Key, unique=True)
    created_at: datetime = timestamp()
    updated_at: datetime = timestamp()
