"""Clients are people; contacts are their addresses on our channels."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from db.ids import AgentId, ChannelId, ClientId, ContactId, MergeId
from db.tables.base import primary_ulid, reference, timestamp
from db.types import Json, Key


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
    # The same person as this one, whose contacts and sessions theirs are as long as that holds.
    merged_into_id: ClientId | None = reference("clients.id", nullable=True, index=True)
    created_at: datetime = timestamp()


class Contact(SQLModel, table=True):
    """A client's address on one channel."""

    __tablename__ = "contacts"
    __table_args__ = (
        sa.UniqueConstraint("channel_id", "external_id"),
        sa.Index("ix_contacts_alias", "channel_id", "alias", unique=True),
    )

    id: ContactId = primary_ulid()
    client_id: ClientId = reference("clients.id", index=True)
    # Whose it is by itself, while that client is joined to another; empty: the same.
    own_client_id: ClientId | None = reference("clients.id", nullable=True, index=True)
    channel_id: ChannelId = reference("channels.id")
    external_id: str = Field(sa_type=Key)
    # Another id by which the provider names the same address: what comes under either is theirs.
    alias: str | None = Field(default=None, sa_type=Key)
    # Why nothing reaches this address at present (the bot was blocked …); empty: reachable.
    unreachable: str | None = Field(default=None, sa_type=sa.String(190))
    created_at: datetime = timestamp()


class ClientMerge(SQLModel, table=True):
    """That two clients were found to be one person, by whom, and what changed by it."""

    __tablename__ = "client_merges"

    id: MergeId = primary_ulid()
    kept_id: ClientId = reference("clients.id", index=True)
    merged_id: ClientId = reference("clients.id", index=True)
    by_agent_id: AgentId | None = reference("agents.id", nullable=True)
    # Which contacts, and how many sessions.
    moved: dict[str, Any] = Field(default_factory=dict, sa_type=Json, nullable=False)
    # Of the kept client: field → [before, after].
    changes: dict[str, Any] = Field(default_factory=dict, sa_type=Json, nullable=False)
    created_at: datetime = timestamp()
    undone_at: datetime | None = timestamp(nullable=True)
