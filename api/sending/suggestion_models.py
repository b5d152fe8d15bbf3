"""Schemas of suggestions."""

from datetime import datetime
from typing import Any

from pydantic import Field

from api.schemas.base import RequestBody, ResponseModel, Text, Ulid
from api.schemas.pagination import PageQuery
from api.sending.formatting import Entities
from api.sending.reply_window import IfClosed
from db.tables import AiTurnState


class SuggestionQuery(PageQuery):
    """Which suggestions to list; omitted: all that I may see."""

    conversation_id: Ulid | None = None
    session_id: Ulid | None = None


class SuggestionOut(ResponseModel):
    """A draft of an AI agent, for a human to send or drop; kept for 30 days."""

    id: Ulid
    conversation_id: Ulid
    session_id: Ulid
    channel_id: Ulid
    agent_id: Ulid = Field(description="the AI agent")
    agent_name: str
    first_message_id: Ulid = Field(description="the first of the messages that it answers")
    last_message_id: Ulid
    text: str
    choices: list[str] = Field(
        description="titles of articles that stand as choices below the text; they are sent, too"
    )
    confidence: float | None = Field(description="from 0 to 1")
    why: dict[str, Any] | None = Field(
        description="on what it rests: passages with their scores, model, tokens"
    )
    state: AiTurnState = Field(
        description="suggested: it stands there now; done: it was sent; dropped: it was not"
    )
    outcome: str | None = Field(
        description="who sent or dropped it, or what happened instead; null: it stands there"
    )
    message_id: Ulid | None = Field(description="the message as which it was sent")
    created_at: datetime


class SuggestionToSend(RequestBody):
    """How to send a suggestion."""

    text: Text | None = Field(
        default=None, description="the text to send instead of the draft; null: as it is"
    )
    entities: Entities | None = None
    if_closed: IfClosed = "refuse"
