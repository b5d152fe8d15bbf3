"""Conversations and sessions: a conversation lasts for ever, a session is one episode of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from db.ids import (
    AgentId,
    ChannelId,
    ClientId,
    ContactId,
    ConversationId,
    MessageId,
    SessionId,
    StaffPlaceId,
)
from db.tables.base import last_change, new_time, primary_ulid, reference, timestamp
from db.types import Json, Key, LongText, Ulid, UtcDateTime, short_enum


class SessionStatus(StrEnum):
    ACTIVE = "ACTIVE"
    ENDED = "ENDED"


class Priority(StrEnum):
    """How soon a waiting session gets an agent: before all of a lower priority."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class SlaTarget(StrEnum):
    """Which answer of a session has a time by which it should be given."""

    FIRST = "first"
    NEXT = "next"


class SlaState(StrEnum):
    """How the customer's last timed wait for an answer stands: docs/sla.md has the states."""

    RUNNING = "running"
    WARNED = "warned"
    BREACHED = "breached"
    # It was answered in time, or too late.
    MET = "met"
    MISSED = "missed"
    # It ended without an answer: the session ended or was put aside, or has no target any more.
    STOPPED = "stopped"


class Conversation(SQLModel, table=True):
    """A contact's thread; where staff sees it: `StaffPlace`."""

    __tablename__ = "conversations"
    # Lists of what is not archived are read in this order.
    __table_args__ = (sa.Index("ix_conversations_active", "is_active", "last_message_at", "id"),)

    id: ConversationId = primary_ulid()
    contact_id: ContactId = reference("contacts.id", unique=True)
    channel_id: ChannelId = reference("channels.id")
    assigned_agent_id: AgentId | None = reference("agents.id", nullable=True, index=True)
    # Until when free messages may be sent, where the provider limits that; empty: no limit, or
    # closed until the customer writes.
    reply_until: datetime | None = timestamp(nullable=True)
    # The provider's id of the customer's last message, where the provider has a read marker.
    last_inbound_id: str | None = Field(default=None, sa_type=Key)
    # What staff wrote in the topic for itself lately: what comes right behind may belong to it.
    recent_notes: list[dict[str, Any]] | None = Field(default=None, sa_type=Json)
    # The last broadcast that staff has not seen here; it is shown when the customer writes.
    unseen_broadcast_id: MessageId | None = Field(default=None, sa_type=Key)
    unread_count: int = 0
    session_count: int = 0
    is_active: bool = True
    # The time of the last message; of a new conversation, its beginning.
    last_message_at: datetime | None = Field(
        default_factory=new_time, sa_type=UtcDateTime, nullable=True, index=True
    )
    created_at: datetime = timestamp()
    updated_at: datetime = last_change()


class StaffPlace(SQLModel, table=True):
    """Where a conversation is shown to staff, or was: in a staff group, or in an agent's own chat.

    Only db/queries/conversations/staff_places.py reads and writes this table.
    """

    __tablename__ = "staff_places"
    __table_args__ = (
        # A topic is one conversation's, also after it moved on: what an agent wrote in a topic
        # that was deleted may still wait in the inbox.
        sa.UniqueConstraint("channel_id", "chat", "topic"),
        # As for sessions, generated columns that are NULL for places that are no longer used.
        sa.Column(
            "active_conversation_id",
            Ulid,
            sa.Computed("CASE WHEN is_active = 1 THEN conversation_id END", persisted=False),
        ),
        sa.Column(
            "group_conversation_id",
            Ulid,
            sa.Computed(
                "CASE WHEN is_active = 1 AND agent_id IS NULL THEN conversation_id END",
                persisted=False,
            ),
            unique=True,
        ),
        sa.UniqueConstraint("active_conversation_id", "agent_id"),
    )

    id: StaffPlaceId = primary_ulid()
    conversation_id: ConversationId = reference("conversations.id", index=True)
    # The bot that speaks there.
    channel_id: ChannelId = reference("channels.id")
    chat: str = Field(sa_type=Key)
    # Empty: it is opened before the first message is sent there.
    topic: str | None = Field(default=None, sa_type=Key)
    card: str | None = Field(default=None, sa_type=Key)
    # False: the chat has no topics, so that everything stands in the chat itself.
    in_topic: bool = True
    # Whose own chat it is; empty: it is in a staff group.
    agent_id: AgentId | None = reference("agents.id", nullable=True)
    is_active: bool = True
    # What the topic's icon and name show; empty: it has another name, or no topic.
    title: str | None = Field(default=None, sa_type=sa.String(255))
    # What was said before the conversation came here; it stands below the card.
    opening: str | None = Field(default=None, sa_type=LongText)
    # Of an agent's own chat: since when its topic is no longer needed.
    left_at: datetime | None = timestamp(nullable=True)


class StaffBoard(SQLModel, table=True):
    """The message of a chat that says what goes on there, edited in place.

    In a staff group it lists who waits, where agents have desks of their own. In an agent's own
    chat without topics it lists their sessions, and the one that they write to.
    """

    __tablename__ = "staff_boards"

    # The bot that speaks there.
    channel_id: ChannelId = reference("channels.id", primary_key=True)
    chat: str = Field(sa_type=Key, primary_key=True)
    # Empty: it has not been posted yet, or was deleted.
    message: str | None = Field(default=None, sa_type=Key)
    # The session that the agent writes to. It may have ended, or belong to somebody else now.
    chosen_session_id: SessionId | None = Field(default=None, sa_type=Ulid)
    chosen_at: datetime | None = timestamp(nullable=True)


class StaffMessage(SQLModel, table=True):
    """A message of the desk's own in a chat without topics: cards and notices of a conversation.

    There, no topic says which conversation a reply or a button is about.
    """

    # No foreign keys: rows are added after a send, when other rows are locked than before one.

    __tablename__ = "staff_messages"

    channel_id: ChannelId = Field(sa_type=Ulid, primary_key=True)
    chat: str = Field(sa_type=Key, primary_key=True)
    provider_id: str = Field(sa_type=Key, primary_key=True)
    conversation_id: ConversationId = Field(sa_type=Ulid, index=True)


class QueueNotice(SQLModel, table=True):
    """The last queue notice of a waiting session: the place and the estimate in it."""

    __tablename__ = "queue_notices"

    session_id: SessionId = reference("sessions.id", primary_key=True)
    # The provider's id of the notice; empty: it is not known, or the notice cannot be edited.
    message: str | None = Field(default=None, sa_type=Key)
    place: int
    # The estimate in minutes; empty: there was none.
    low: int | None = None
    high: int | None = None
    sent_at: datetime = timestamp()
    edited_at: datetime = timestamp()


class Session(SQLModel, table=True):
    """One episode of a conversation; ACTIVE without a CS means that the customer waits."""

    __tablename__ = "sessions"
    __table_args__ = (
        # Lists of sessions are read in the order of these indices
        # (db/queries/conversations/session_statements.py).
        sa.Index("ix_sessions_client", "client_id", "status", "created_at", "id"),
        sa.Index("ix_sessions_held", "cs_id", "status", "created_at", "id"),
        sa.Index("ix_sessions_recent", "status", "created_at", "id"),
        # Neither engine has MySQL's and SQLite's partial indices in common; a generated column that
        # is NULL for ended sessions, and unique, holds "one ACTIVE per conversation" on both.
        sa.Column(
            "active_conversation_id",
            Ulid,
            sa.Computed("CASE WHEN status = 'ACTIVE' THEN conversation_id END", persisted=False),
            unique=True,
        ),
    )

    id: SessionId = primary_ulid()
    conversation_id: ConversationId = reference("conversations.id", index=True)
    client_id: ClientId = reference("clients.id")
    cs_id: AgentId | None = reference("agents.id", nullable=True)
    number: int = 1
    status: SessionStatus = Field(default=SessionStatus.ACTIVE, sa_type=short_enum(SessionStatus))
    created_at: datetime = timestamp()
    # When it was opened, reopened, or got its present holder: from then on it counts as live for a
    # while, even if nobody writes.
    changed_at: datetime = timestamp()
    ended_at: datetime | None = timestamp(nullable=True)
    # When an agent held it first; empty: nobody has.
    first_held_at: datetime | None = timestamp(nullable=True)
    reopen_count: int = 0
    priority: Priority = Field(default=Priority.NORMAL, sa_type=short_enum(Priority))
    # Until when its agent put it aside; empty: it is not. The customer's next message ends it.
    snoozed_until: datetime | None = timestamp(nullable=True)
    # The customer's last wait that had a target: from when it is counted, when staff is warned, and
    # until when an answer is in time. All empty: there was none.
    sla_target: SlaTarget | None = Field(default=None, sa_type=short_enum(SlaTarget), nullable=True)
    sla_state: SlaState | None = Field(default=None, sa_type=short_enum(SlaState), nullable=True)
    sla_since: datetime | None = timestamp(nullable=True)
    sla_warn_at: datetime | None = timestamp(nullable=True)
    sla_due_at: datetime | None = timestamp(nullable=True)


class ConversationHandover(SQLModel, table=True):
    """A handover of a session: from whom, to whom, why and when."""

    __tablename__ = "conversation_handovers"

    id: str = primary_ulid()
    conversation_id: ConversationId = reference("conversations.id")
    session_id: SessionId = reference("sessions.id", index=True)
    # Empty: the session had no holder.
    from_agent_id: AgentId | None = reference("agents.id", nullable=True)
    # Empty: it waits again.
    to_agent_id: AgentId | None = reference("agents.id", nullable=True)
    # Who did it: the agent that gave the session away, or an administrator. Empty: no agent did,
    # but a rule or the desk itself, by this name.
    by_agent_id: AgentId | None = reference("agents.id", nullable=True)
    by_name: str = Field(sa_type=sa.String(120))
    reason: str | None = Field(default=None, sa_type=sa.String(500))
    created_at: datetime = timestamp()
