"""The log of AI answers: the question, the answer, and how it came about."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from db.ids import AgentId, AiLogId, ChannelId, ConversationId, MessageId, SessionId
from db.tables.base import new_list, primary_ulid, reference, timestamp
from db.types import Json, Key, LongText, short_enum


class AiAction(StrEnum):
    """What an AI agent did with a question; DROPPED: something newer or faster took its place."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    OFFER = "offer"
    HANDOVER = "handover"
    DROPPED = "dropped"
    FAILED = "failed"


class AiMode(StrEnum):
    """Whether an AI agent answers by itself, or drafts answers for a human, or does nothing."""

    AUTOMATIC = "automatic"
    SUGGEST = "suggest"
    OFF = "off"


class AiConversationLog(SQLModel, table=True):
    """One question and what an AI agent did with it."""

    __tablename__ = "ai_conversation_logs"
    __table_args__ = (
        sa.CheckConstraint(
            "confidence_score >= 0 AND confidence_score <= 1", name="confidence_score"
        ),
        sa.Index("ix_ai_conversation_logs_agent", "agent_id", "created_at"),
    )

    id: AiLogId = primary_ulid()
    conversation_id: ConversationId = reference("conversations.id", index=True)
    session_id: SessionId = reference("sessions.id", index=True)
    agent_id: AgentId = reference("agents.id")
    channel_id: ChannelId = reference("channels.id")
    # The customer's last message of the question, and our reply. No foreign keys: the erasure of a
    # customer deletes messages first.
    message_id: MessageId | None = Field(default=None, sa_type=Key)
    reply_id: MessageId | None = Field(default=None, sa_type=Key, index=True)
    user_message: str = Field(sa_type=LongText)
    # Empty: nothing was answered.
    ai_response: str | None = Field(default=None, sa_type=LongText)
    # From 0 to 1; empty: nothing was calculated.
    confidence_score: float | None = Field(default=None, sa_type=sa.Double)
    # The passages that the answer rests on.
    used_knowledge: list[dict[str, Any]] = Field(
        default_factory=new_list, sa_type=Json, nullable=False
    )
    action: AiAction = Field(sa_type=short_enum(AiAction))
    mode: AiMode = Field(default=AiMode.AUTOMATIC, sa_type=short_enum(AiMode))
    handover_triggered: bool = False
    handover_reason: str | None = Field(default=None, sa_type=sa.String(500))
    # Empty: no model was asked.
    model: str | None = Field(default=None, sa_type=sa.String(120))
    tokens_in: int = 0
    tokens_out: int = 0
    # In the currency of the configured prices.
    cost: float = Field(default=0.0, sa_type=sa.Double)
    duration_ms: int = 0
    # Somebody found the answer wrong: who or what says so, and when.
    judged_wrong: bool = False
    wrong_reason: str | None = Field(default=None, sa_type=sa.String(500))
    judged_at: datetime | None = timestamp(nullable=True)
    created_at: datetime = timestamp(index=True)
