"""Schemas of trials of AI agents."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from api.ai.models import AiConfigModel
from api.channels.models import Language
from api.schemas.base import RequestBody, ResponseModel, Text, Ulid
from api.schemas.pagination import PageQuery
from db.tables import AgentLevel, AiAction

# A model may need seconds for each question, and the response waits for all of them.
_MOST_REPLAYED = 20
_CONFIG_HELP = "tried instead of what is stored, for this request; omitted fields stay as they are"


class AskBody(RequestBody):
    """A question to an AI agent."""

    question: Annotated[Text, Field(min_length=1, max_length=4000)]
    language: Language | None = Field(default=None, description="of the customer; null: unknown")
    level: AgentLevel | None = None
    config: AiConfigModel | None = Field(default=None, description=_CONFIG_HELP)


class TriedAnswerOut(ResponseModel):
    """What an AI agent does with a question."""

    action: AiAction
    text: str = Field(description="what the customer reads; empty at a handover")
    reason: str = Field(description="why a person answers; empty: the agent does")
    confidence: float | None
    passages: list[dict[str, Any]] = Field(description="what the answer rests on, with scores")
    choices: list[str] = Field(description="the titles of offered articles")
    model: str | None
    tokens_in: int
    tokens_out: int
    cost: float
    seconds: float


class ReplayBody(RequestBody):
    """The configuration that past questions are asked with."""

    level: AgentLevel | None = None
    config: AiConfigModel | None = Field(default=None, description=_CONFIG_HELP)


class ReplayQuery(PageQuery):
    """Which past questions to ask again: a page of the agent's log, newest first."""

    limit: int = Field(default=10, ge=1, le=_MOST_REPLAYED, description="maximum number of items")


class ReplayedTurnOut(ResponseModel):
    """A past question, what the agent did then, and what it does now."""

    log_id: Ulid
    session_id: Ulid
    message_id: Ulid | None
    asked_at: datetime
    question: str
    before: TriedAnswerOut
    after: TriedAnswerOut
    is_changed: bool = Field(description="it does something else now, or says something else")


class ReplayCountsOut(ResponseModel):
    """How many of these questions were answered and handed over, before and after."""

    questions: int
    answered_before: int
    answered_after: int
    handed_over_before: int
    handed_over_after: int
    changed: int


class ReplayOut(ResponseModel):
    """Past questions side by side; nothing was sent."""

    items: list[ReplayedTurnOut]
    counts: ReplayCountsOut = Field(description="of these items")
    next: str | None = Field(description="cursor of older questions; null: there are none")
