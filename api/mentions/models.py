"""Schemas of mentions."""

from datetime import datetime

from pydantic import Field

from api.messages.models import MessageOut
from api.schemas.base import RequestBody, ResponseModel, Ulid
from api.schemas.pagination import PageQuery
from api.sessions.models import AgentBrief, SessionOut


class MentionOut(ResponseModel):
    """A note that names me."""

    message_id: Ulid
    conversation_id: Ulid
    is_read: bool
    created_at: datetime
    message: MessageOut = Field(description="the note")
    session: SessionOut | None = Field(
        description="the session of the note; null: another agent holds it, so I may not see it"
    )
    agent: AgentBrief | None = Field(
        description="who holds or held the session, and can hand it over"
    )


class MentionCount(ResponseModel):
    """How many notes that name me I have not read; at most 1,000 are counted."""

    unread: int


class MentionQuery(PageQuery):
    """Which mentions to list."""

    unread: bool = Field(default=False, description="true: only those that I have not read")


class MentionsRead(RequestBody):
    """The conversation in which I have read the notes that name me."""

    conversation_id: Ulid
