"""Schemas of what AI agents did: logs, turns, tokens."""

from datetime import date, datetime
from typing import Any

from pydantic import Field

from api.schemas.base import Day, QueryModel, ResponseModel, Timestamp, Ulid
from api.schemas.pagination import PageQuery
from db.tables import AiAction, AiMode, AiTurnState

_ACTION_HELP = (
    "clarify: it asked back or greeted; offer: it offered articles; dropped: a human was faster;"
    " failed: no answer was ready in time"
)
_COST_HELP = "in the currency of AI_PRICES; 0: the model has no price there"


class AiScopeQuery(PageQuery):
    """Whose doings to list; omitted: all of them."""

    agent_id: Ulid | None = None
    channel_id: Ulid | None = None
    conversation_id: Ulid | None = None
    session_id: Ulid | None = None


class AiLogQuery(AiScopeQuery):
    """Which entries of the log to list."""

    action: AiAction | None = Field(default=None, description=_ACTION_HELP)
    judged_wrong: bool | None = None
    since: Timestamp | None = None
    until: Timestamp | None = Field(default=None, description="before this time")


class AiLogOut(ResponseModel):
    """One question, and what an AI agent did with it."""

    id: Ulid
    conversation_id: Ulid
    session_id: Ulid
    agent_id: Ulid
    channel_id: Ulid
    message_id: Ulid | None = Field(description="the last message of the question")
    reply_id: Ulid | None
    user_message: str
    ai_response: str | None = Field(description="null: nothing was answered")
    confidence_score: float | None = Field(description="from 0 to 1")
    used_knowledge: list[dict[str, Any]] = Field(
        description="the passages that the answer rests on, with their scores"
    )
    action: AiAction = Field(description=_ACTION_HELP)
    mode: AiMode
    handover_triggered: bool
    handover_reason: str | None = Field(description="why the agent did not answer")
    model: str | None = Field(description="null: no model was asked")
    tokens_in: int
    tokens_out: int
    cost: float = Field(description=_COST_HELP)
    duration_ms: int
    judged_wrong: bool
    wrong_reason: str | None
    judged_at: datetime | None
    created_at: datetime


class AiTurnQuery(AiScopeQuery):
    """Which turns to list."""

    state: AiTurnState | None = None


class AiTurnOut(ResponseModel):
    """A turn: a burst of a customer's messages, and what came of it; kept for 30 days."""

    id: Ulid
    session_id: Ulid
    conversation_id: Ulid
    channel_id: Ulid
    agent_id: Ulid
    mode: AiMode
    state: AiTurnState = Field(
        description="waiting and thinking are open; suggested: its draft stands in the topic"
    )
    action: AiAction | None = Field(description="null: it is open")
    reason: str | None
    first_message_id: Ulid
    last_message_id: Ulid
    rounds: int = Field(description="how often it was thought about")
    start_at: datetime
    deadline_at: datetime
    message_id: Ulid | None = Field(description="the answer")
    draft: str | None
    confidence: float | None
    why: dict[str, Any] | None
    created_at: datetime
    settled_at: datetime | None


class AiUsageQuery(QueryModel):
    """Which days to show."""

    since: Day | None = Field(default=None, description="the first day; null: 30 days ago")
    until: Day | None = Field(default=None, description="the last day; null: today")


class AiUsageDay(ResponseModel):
    """What all AI agents used on a day, in UTC."""

    day: date
    tokens: int = Field(description="with those that calls under way have reserved")
    cost: float = Field(description=_COST_HELP)


class AiUsageOut(ResponseModel):
    """What AI agents used, day by day; days without a call are left out, and old ones deleted."""

    days: list[AiUsageDay]
