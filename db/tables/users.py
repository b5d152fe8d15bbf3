"""Users (people who log in) and agents (who hold sessions)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from db.ids import AgentId, UserId
from db.name_keys import make_name_key
from db.tables.base import last_change, primary_ulid, reference, timestamp
from db.types import Json, Key, LongText, short_enum


class Role(StrEnum):
    ADMIN = "ADMIN"
    CS = "CS"


class AgentKind(StrEnum):
    HUMAN = "human"
    AI = "ai"


class AgentStatus(StrEnum):
    ONLINE = "online"
    OFFLINE = "offline"
    BUSY = "busy"
    AWAY = "away"


class OwnChatState(StrEnum):
    """The state of an agent's own chat with the staff bot."""

    OPEN = "open"
    # They blocked the bot, or deleted their account.
    BLOCKED = "blocked"
    # In use, but topics are switched off for the bot, which the agent was told.
    NO_TOPICS = "no_topics"


class AgentLevel(StrEnum):
    """How capable an agent is: it chooses an AI agent's model, and describes a person."""

    BASIC = "Basic"
    INTERMEDIATE = "Intermediate"
    ADVANCED = "Advanced"


class User(SQLModel, table=True):
    """A person who logs in; a one-time code binds their Telegram account."""

    __tablename__ = "users"

    id: UserId = primary_ulid()
    name: str = Field(sa_type=sa.String(120))
    email: str = Field(sa_type=sa.String(190), unique=True)
    password_hash: str = Field(sa_type=sa.String(100))
    role: Role = Field(sa_type=short_enum(Role))
    telegram_id: str | None = Field(default=None, sa_type=Key, unique=True)
    is_active: bool = True
    # Increased when the password changes or the account is disabled: all older access tokens become
    # invalid at once.
    token_version: int = 0
    has_seeded_password: bool = False
    link_code_hash: str | None = Field(default=None, sa_type=Key, unique=True)
    link_code_expires_at: datetime | None = timestamp(nullable=True)
    avatar_url: str | None = Field(default=None, sa_type=sa.String(500))
    # What they prefer in the console; only what they changed.
    preferences: dict[str, Any] | None = Field(default=None, sa_type=Json)
    created_at: datetime = timestamp()
    updated_at: datetime = last_change()


def _make_key_of_new(context: Any) -> str:
    return make_name_key(context.get_current_parameters()["name"])


class StatusCause(StrEnum):
    """Why an agent has their status."""

    # They, or an administrator, chose it.
    CHOICE = "choice"
    # Their working hours began or ended.
    SCHEDULE = "schedule"
    # They gave no sign of life while customers waited.
    SILENCE = "silence"


class Agent(SQLModel, table=True):
    """An agent, who can hold sessions: a person (a user) or an AI."""

    __tablename__ = "agents"
    __table_args__ = (
        # Held by the engine: of all active agents, one has a name.
        sa.Column(
            "active_name_key",
            Key,
            sa.Computed("CASE WHEN is_active = 1 THEN name_key END", persisted=False),
        ),
        sa.Index("ix_agents_active_name_key", "active_name_key", unique=True),
    )

    id: AgentId = primary_ulid()
    kind: AgentKind = Field(sa_type=short_enum(AgentKind))
    name: str = Field(sa_type=sa.String(120))
    # What names have in common that people take for the same one. A new agent gets it by itself;
    # code that changes the name must change this column too.
    name_key: str | None = Field(
        default=None, sa_type=Key, sa_column_kwargs={"default": _make_key_of_new}
    )
    user_id: UserId | None = reference("users.id", nullable=True, unique=True)
    status: AgentStatus = Field(default=AgentStatus.OFFLINE, sa_type=short_enum(AgentStatus))
    status_cause: StatusCause = Field(default=StatusCause.CHOICE, sa_type=short_enum(StatusCause))
    status_since: datetime | None = timestamp(nullable=True)
    # When a person last wrote or did something, to the minute.
    last_seen_at: datetime | None = timestamp(nullable=True)
    # When a person works, in the shape of opening hours; empty: they go on- and offline themselves.
    working_hours: dict[str, Any] | None = Field(default=None, sa_type=Json)
    # Until when the beginnings and ends of these hours were followed.
    hours_followed_at: datetime | None = timestamp(nullable=True)
    capacity: int = 10
    active_sessions: int = 0
    last_assigned_at: datetime | None = timestamp(nullable=True)
    level: AgentLevel = Field(default=AgentLevel.BASIC, sa_type=short_enum(AgentLevel))
    description: str | None = Field(default=None, sa_type=LongText)
    # Of a person; where it is empty, the user's picture is shown.
    avatar_url: str | None = Field(default=None, sa_type=sa.String(500))
    phone: str | None = Field(default=None, sa_type=sa.String(32))
    # False: it gets no sessions and cannot act. A person's agent follows `users.is_active`.
    is_active: bool = True
    created_at: datetime = timestamp()
    updated_at: datetime = last_change()


class OwnChat(SQLModel, table=True):
    """An agent's own chat with the staff bot; without a row they have not started it."""

    __tablename__ = "own_chats"

    agent_id: AgentId = reference("agents.id", primary_key=True)
    state: OwnChatState = Field(sa_type=short_enum(OwnChatState))
