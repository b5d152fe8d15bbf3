"""Clients (people), their contacts (addresses on our channels), and merges of clients."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from db.ids import AgentId, ChannelId, ClientId, ContactId, MergeId
from db.tables.base import last_change, new_dict, primary_ulid, reference, timestamp
from db.types import Json, Key


class Client(SQLModel, table=True):
    """A person who writes to us."""

    __tablename__ = "clients"

    id: ClientId = primary_ulid()
    name: str = Field(sa_type=sa.String(190), index=True)
    username: str | None = Field(default=None, sa_type=sa.String(64))
    telegram_id: str | None = Field(default=None, sa_type=Key, unique=True)
    phone: str | None = Field(default=None, sa_type=sa.String(32), index=True)
    # Entered by staff; no channel tells it.
    email: str | None = Field(default=None, sa_type=sa.String(190))
    avatar_url: str | None = Field(default=None, sa_type=sa.String(500))
    language: str | None = Field(default=None, sa_type=sa.String(12))
    # What staff notes about the person, for itself: text, who wrote it (by), and when (at).
    note: dict[str, Any] | None = Field(default=None, sa_type=Json)
    # Fields of staff's own: a list of name and value.
    fields: list[dict[str, str]] | None = Field(default=None, sa_type=Json)
    is_blocked: bool = False
    # Staff gave this name: the provider's name does not replace it.
    is_renamed: bool = False
    # The customer chose the language: that of their app does not replace it.
    is_language_chosen: bool = False
    # The client that this one was merged into; while set, that client has its contacts and
    # sessions.
    merged_into_id: ClientId | None = reference("clients.id", nullable=True, index=True)
    created_at: datetime = timestamp()
    updated_at: datetime = last_change()


class Contact(SQLModel, table=True):
    """A client's address on one channel."""

    __tablename__ = "contacts"
    __table_args__ = (
        sa.UniqueConstraint("channel_id", "external_id"),
        sa.Index("ix_contacts_alias", "channel_id", "alias", unique=True),
    )

    id: ContactId = primary_ulid()
    client_id: ClientId = reference("clients.id", index=True)
    # The contact's original client, while that client is merged into another; empty: the same
    # client.
    own_client_id: ClientId | None = reference("clients.id", nullable=True, index=True)
    channel_id: ChannelId = reference("channels.id")
    external_id: str = Field(sa_type=Key)
    # Another id that the provider uses for the same address: messages under either id belong here.
    alias: str | None = Field(default=None, sa_type=Key)
    # The topic that the customer wrote in last, where the chat with them has topics.
    chat_topic: str | None = Field(default=None, sa_type=Key)
    # Why this address cannot be reached at present (the bot was blocked …); empty: reachable.
    unreachable: str | None = Field(default=None, sa_type=sa.String(190))
    # Since when the customer wants no marketing messages; empty: they may be sent.
    marketing_stopped_at: datetime | None = timestamp(nullable=True)
    created_at: datetime = timestamp()
    updated_at: datetime = last_change()


class ClientMerge(SQLModel, table=True):
    """A merge of two clients: who merged them, and what changed."""

    __tablename__ = "client_merges"

    id: MergeId = primary_ulid()
    kept_id: ClientId = reference("clients.id", index=True)
    merged_id: ClientId = reference("clients.id", index=True)
    by_agent_id: AgentId | None = reference("agents.id", nullable=True)
    # Which contacts, and how many sessions.
    moved: dict[str, Any] = Field(default_factory=new_dict, sa_type=Json, nullable=False)
    # Changes of the client that was kept: field → [before, after].
    changes: dict[str, Any] = Field(default_factory=new_dict, sa_type=Json, nullable=False)
    created_at: datetime = timestamp()
    undone_at: datetime | None = timestamp(nullable=True)
