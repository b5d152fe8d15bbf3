"""The figures of each session: docs/metrics.md defines every column."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from db.ids import AgentId, ChannelId, ConversationId, SessionId
from db.tables.base import last_change, reference, timestamp
from db.types import LongText


class ConversationMetrics(SQLModel, table=True):
    """The figures of one session; desk/metrics/ writes them with what they count.

    Seconds are exact. Business seconds count only while the channel is open.
    """

    __tablename__ = "conversation_metrics"
    __table_args__ = (
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
        sa.Index("ix_conversation_metrics_opened", "opened_at"),
        sa.Index("ix_conversation_metrics_channel", "channel_id", "opened_at"),
        sa.Index("ix_conversation_metrics_agent", "agent_id", "opened_at"),
    )

    session_id: SessionId = reference("sessions.id", primary_key=True)
    conversation_id: ConversationId = reference("conversations.id", index=True)
    channel_id: ChannelId = reference("channels.id")
    # Who holds the session, or held it when it ended.
    agent_id: AgentId | None = reference("agents.id", nullable=True)
    opened_at: datetime = timestamp()
    ended_at: datetime | None = timestamp(nullable=True)

    # Waiting: from the opening until an agent holds it, or until it ends without one.
    first_held_at: datetime | None = timestamp(nullable=True)
    waiting_seconds: float | None = Field(default=None, sa_type=sa.Double)
    waiting_business_seconds: float | None = Field(default=None, sa_type=sa.Double)

    # The first answer by anybody but a rule, and by each apart: from the customer's first message.
    first_inbound_at: datetime | None = timestamp(nullable=True)
    first_answer_at: datetime | None = timestamp(nullable=True)
    first_answer_seconds: float | None = Field(default=None, sa_type=sa.Double)
    first_answer_business_seconds: float | None = Field(default=None, sa_type=sa.Double)
    first_human_at: datetime | None = timestamp(nullable=True)
    first_human_seconds: float | None = Field(default=None, sa_type=sa.Double)
    first_human_business_seconds: float | None = Field(default=None, sa_type=sa.Double)
    first_human_by_id: AgentId | None = reference("agents.id", nullable=True)
    first_ai_at: datetime | None = timestamp(nullable=True)
    first_ai_seconds: float | None = Field(default=None, sa_type=sa.Double)
    first_rule_at: datetime | None = timestamp(nullable=True)
    first_rule_seconds: float | None = Field(default=None, sa_type=sa.Double)

    # Later answers: from the customer's first message since the last answer.
    next_answer_count: int = 0
    next_answer_seconds_sum: float = Field(default=0, sa_type=sa.Double)
    next_answer_seconds_max: float | None = Field(default=None, sa_type=sa.Double)
    next_answer_business_sum: float = Field(default=0, sa_type=sa.Double)
    next_answer_business_max: float | None = Field(default=None, sa_type=sa.Double)
    # The customer's first message that nobody has answered; empty: all are answered.
    unanswered_since: datetime | None = timestamp(nullable=True)

    # From the opening to the (last) end.
    resolution_seconds: float | None = Field(default=None, sa_type=sa.Double)
    resolution_business_seconds: float | None = Field(default=None, sa_type=sa.Double)

    inbound_count: int = 0
    human_count: int = 0
    ai_count: int = 0
    rule_count: int = 0
    # The newest message that was counted.
    last_message_at: datetime | None = timestamp(nullable=True)
    handover_count: int = 0
    reopen_count: int = 0

    rating: int | None = Field(default=None, sa_type=sa.SmallInteger)
    rating_comment: str | None = Field(default=None, sa_type=LongText)
    rated_at: datetime | None = timestamp(nullable=True)

    # Whether a target was missed; empty: there was none.
    is_first_answer_breached: bool | None = None
    is_next_answer_breached: bool | None = None
    is_resolution_breached: bool | None = None

    updated_at: datetime = last_change()
