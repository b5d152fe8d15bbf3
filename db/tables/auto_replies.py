"""Auto-reply rules of a channel, and when each of them answered in which conversation."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from db.ids import (
    AgentId,
    AutoReplyRuleId,
    ChannelId,
    ConversationId,
    MessageId,
    ReplyFileId,
    RuleFiringId,
    SessionId,
    TemplateId,
)
from db.tables.base import last_change, new_dict, new_list, primary_ulid, reference, timestamp
from db.types import Json, Key, LongText, short_enum


class RuleMatch(StrEnum):
    """When a rule answers a customer's message."""

    EXACT = "exact"
    CONTAINS = "contains"
    WORD = "word"
    PATTERN = "pattern"
    FIRST_MESSAGE = "first_message"
    OUTSIDE_HOURS = "outside_hours"
    # Nobody answered it within the rule's delay.
    UNANSWERED = "unanswered"


class FiringState(StrEnum):
    """The state of a rule's answer; CANCELLED: somebody answered first, or it cannot be sent."""

    WAITING = "waiting"
    SENT = "sent"
    CANCELLED = "cancelled"


class AutoReplyRule(SQLModel, table=True):
    """A rule that answers customers of a channel by itself."""

    __tablename__ = "auto_reply_rules"

    id: AutoReplyRuleId = primary_ulid()
    channel_id: ChannelId = reference("channels.id", index=True)
    name: str = Field(sa_type=sa.String(120))
    match_kind: RuleMatch = Field(sa_type=short_enum(RuleMatch))
    trigger_keywords: list[str] = Field(default_factory=new_list, sa_type=Json, nullable=False)
    # A regular expression in the syntax of RE2.
    pattern: str | None = Field(default=None, sa_type=sa.String(500))
    # Only for customers who speak one of these languages; empty: for all.
    languages: list[str] = Field(default_factory=new_list, sa_type=Json, nullable=False)
    # A rule has a template, or a text, a file or both.
    reply_message: str | None = Field(default=None, sa_type=LongText)
    reply_template_id: TemplateId | None = reference("whatsapp_message_templates.id", nullable=True)
    # What stands for the template's variables that nothing else fills, by name or number.
    reply_values: dict[str, str] = Field(default_factory=new_dict, sa_type=Json, nullable=False)
    # Sent with the text, or as the header of the template.
    reply_file_id: ReplyFileId | None = reference("reply_files.id", nullable=True)
    # The words of the buttons below the text.
    reply_buttons: list[str] = Field(default_factory=new_list, sa_type=Json, nullable=False)
    # Whose name stands for {{agent}}; empty: that of the session's agent.
    agent_id: AgentId | None = reference("agents.id", nullable=True)
    delay_seconds: int = 0
    # Rules with a higher priority come first.
    priority: int = 0
    # The rules behind it may answer the same message too.
    goes_on: bool = False
    is_once_per_session: bool = False
    # At most so many answers to one customer within so many minutes.
    limit_count: int = 3
    limit_minutes: int = 10
    is_active: bool = True
    created_at: datetime = timestamp()
    updated_at: datetime = last_change()


class AutoReplyFiring(SQLModel, table=True):
    """An answer that a rule gave to a message, or will give when its delay is over."""

    __tablename__ = "auto_reply_firings"
    __table_args__ = (
        sa.Index("ix_auto_reply_firings_conversation", "conversation_id", "due_at", "id"),
    )

    id: RuleFiringId = primary_ulid()
    rule_id: AutoReplyRuleId = reference("auto_reply_rules.id", index=True)
    conversation_id: ConversationId = reference("conversations.id")
    session_id: SessionId = reference("sessions.id", index=True)
    # The message that it answers. No foreign key: the erasure of a client deletes messages first.
    message_id: MessageId = Field(sa_type=Key)
    state: FiringState = Field(sa_type=short_enum(FiringState))
    due_at: datetime = timestamp()
    created_at: datetime = timestamp()
