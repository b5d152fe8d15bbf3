"""Clients are people; contacts are their addresses on our channels."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from db.ids import ChannelId, ClientId, ContactId
from db.tables.base import moment, primary_ulid, reference
from db.types import Key


class Client(SQLModel, table=True):
    """A person who writes to us."""

    __tablename__ = "clients"

    id: ClientId = primary_ulid()
    name: str = Field(sa_type=sa.String(190))
    username: str | None = Field(default=None, sa_type=sa.String(64))
    telegram_id: str | None = Field(default=None, sa_type=Key, unique=True)
    phone: str | None = Field(default=None, sa_type=sa.String(32), index=True)
    language: str | None = Field(default=None, sa_type=sa.String(12))
    is_blocked: bool = False
    # Staff gave them this name: the provider's does not replace it.
    is_renamed: bool = False
    created_at: datetime = moment()


class Contact(SQLModel, table=True):
    """A client's address on one channel."""

    __tablename__ = "contacts"
    __table_args__ = (
        sa.UniqueConstraint("channel_id", "external_id"),
        sa.Index("ix_contacts_alias", "channel_id", "alias", unique=True),
    )

    id: ContactId = primary_ulid()
    client_id: ClientId = reference("clients.id", index=True)
    channel_id: ChannelId = reference("channels.id")
    external_id: str = Field(sa_type=Key)
    # Another id by which the provider names the same address: what comes under either is theirs.
    alias: str | None = Field(default=None, sa_type=Key)
    # Why nothing reaches this address at present (the bot was blocked …); empty: reachable.
    unreachable: str | None = Field(default=None, sa_type=sa.String(190))
    created_at: datetime = moment()
