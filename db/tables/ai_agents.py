"""AI agents: how each is set up, what they do in a session, and their turns."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from db.ids import AgentId, AiTurnId, ChannelId, ConversationId, MessageId, SessionId
from db.tables.ai_logs import AiAction, AiMode
from db.tables.base import new_dict, new_list, primary_ulid, reference, timestamp
from db.types import Json, Key, LongText, Ulid, short_enum


class AiTurnState(StrEnum):
    """The state of a turn; WAITING and THINKING are open, and a session has one such turn."""

    # It waits for more messages of a burst, for the takeover's delay, or for its job.
    WAITING = "waiting"
    THINKING = "thinking"
    # A draft stands in the topic, until somebody sends or drops it, or a newer one replaces it.
    SUGGESTED = "suggested"
    DONE = "done"
    DROPPED = "dropped"


class AgentAiConfig(SQLModel, table=True):
    """How an AI agent answers; desk/ai/config.py defines the shapes of the JSON columns."""

    __tablename__ = "agent_ai_configs"

    agent_id: AgentId = reference("agents.id", primary_key=True)
    mode: AiMode = Field(default=AiMode.AUTOMATIC, sa_type=short_enum(AiMode))
    style: str = Field(default="", sa_type=LongText)
    knowledge: str = Field(default="", sa_type=LongText)
    products: list[dict[str, Any]] = Field(default_factory=new_list, sa_type=Json, nullable=False)
    # The articles that the agent may use: those with one of these tags; empty: all.
    article_tags: list[str] = Field(default_factory=new_list, sa_type=Json, nullable=False)
    # Empty: the model of the agent's level.
    model: str | None = Field(default=None, sa_type=sa.String(120))
    # Empty: the server's default.
    temperature: float | None = Field(default=None, sa_type=sa.Double)
    # From 0 to 1; empty: the calibrated one.
    confidence_threshold: float | None = Field(default=None, sa_type=sa.Double)
    handover_conditions: list[str] = Field(default_factory=new_list, sa_type=Json, nullable=False)
    handover_rules: dict[str, Any] = Field(default_factory=new_dict, sa_type=Json, nullable=False)
    follow_ups: list[dict[str, Any]] = Field(default_factory=new_list, sa_type=Json, nullable=False)
    pictures: list[dict[str, Any]] = Field(default_factory=new_list, sa_type=Json, nullable=False)
    # Customers' pictures are given to the model.
    reads_pictures: bool = False
    # The shape of channels.opening_hours; empty: always.
    working_hours: dict[str, Any] | None = Field(default=None, sa_type=Json)
    # Answers in one session; empty: that of the channel.
    reply_limit: int | None = None
    # What the customer is told then; empty: the desk's own text.
    reply_limit_notice: str | None = Field(default=None, sa_type=LongText)
    created_at: datetime = timestamp()
    updated_at: datetime = timestamp()
    # Since then the agent is only the author of what it answered; the other columns are emptied.
    deleted_at: datetime | None = timestamp(nullable=True)


class AiSession(SQLModel, table=True):
    """What AI agents need to know of a session on a channel where they answer."""

    __tablename__ = "ai_sessions"

    session_id: SessionId = reference("sessions.id", primary_key=True)
    # The AI agent of this session; empty: none was available yet.
    agent_id: AgentId | None = reference("agents.id", nullable=True)
    # What staff chose for this session with /ai or /suggest; empty: the agent's own mode.
    mode: AiMode | None = Field(default=None, sa_type=short_enum(AiMode))
    replies: int = 0
    # Messages of the customer in a bad mood.
    complaints: int = 0
    is_introduced: bool = False
    handed_over_at: datetime | None = timestamp(nullable=True)
    last_human_at: datetime | None = timestamp(nullable=True)
    # The customer's first message that nobody has answered yet.
    unanswered_since: datetime | None = timestamp(nullable=True)
    # The AI's answer that no customer's message follows yet: a human's answer corrects it.
    last_answer_id: MessageId | None = Field(default=None, sa_type=Key)
    # What the AI says next by itself if nobody writes: keyword, text, the answer before it, when.
    follow_up: dict[str, Any] | None = Field(default=None, sa_type=Json)
    # Follow-ups that were sent.
    follow_ups: int = 0


class AiTurn(SQLModel, table=True):
    """One turn of an AI agent: a burst of the customer's messages, and what came of it."""

    __tablename__ = "ai_turns"
    __table_args__ = (
        sa.Index("ix_ai_turns_session", "session_id", "id"),
        # As for sessions: NULL for turns that are not open, so that a session has one open turn.
        sa.Column(
            "open_session_id",
            Ulid,
            sa.Computed(
                "CASE WHEN state IN ('waiting', 'thinking') THEN session_id END", persisted=False
            ),
            unique=True,
        ),
        # Likewise, a session has one suggestion.
        sa.Column(
            "suggested_session_id",
            Ulid,
            sa.Computed("CASE WHEN state = 'suggested' THEN session_id END", persisted=False),
        ),
        sa.Index("ix_ai_turns_suggested_session_id", "suggested_session_id", unique=True),
    )

    id: AiTurnId = primary_ulid()
    session_id: SessionId = reference("sessions.id")
    conversation_id: ConversationId = reference("conversations.id", index=True)
    channel_id: ChannelId = reference("channels.id")
    agent_id: AgentId = reference("agents.id")
    mode: AiMode = Field(sa_type=short_enum(AiMode))
    state: AiTurnState = Field(default=AiTurnState.WAITING, sa_type=short_enum(AiTurnState))
    # Empty until it is settled.
    action: AiAction | None = Field(default=None, sa_type=short_enum(AiAction))
    reason: str | None = Field(default=None, sa_type=sa.String(500))
    # The customer's messages that it is about. No foreign keys: erasure deletes messages first.
    first_message_id: MessageId = Field(sa_type=Key)
    last_message_id: MessageId = Field(sa_type=Key)
    # The last message that the thinking knows of.
    seen_until: MessageId | None = Field(default=None, sa_type=Key)
    rounds: int = 0
    start_at: datetime = timestamp()
    deadline_at: datetime = timestamp()
    # The reply, or the draft in the topic while it is only suggested.
    message_id: MessageId | None = Field(default=None, sa_type=Key)
    draft: str | None = Field(default=None, sa_type=LongText)
    # The articles that the customer was offered, in the order of the buttons.
    offers: list[dict[str, Any]] | None = Field(default=None, sa_type=Json)
    confidence: float | None = Field(default=None, sa_type=sa.Double)
    # Passages, scores, condition, tokens, time.
    why: dict[str, Any] | None = Field(default=None, sa_type=Json)
    created_at: datetime = timestamp(index=True)
    settled_at: datetime | None = timestamp(nullable=True)
