"""Schemas of conversations."""

from datetime import datetime

from pydantic import Field

from api.schemas.base import QueryModel, ResponseModel, SearchText, Ulid
from api.schemas.pagination import PageQuery
from api.sessions.models import (
    AgentBrief,
    ChannelBrief,
    ClientBrief,
    Clocks,
    LastMessage,
    SlaOut,
    TagBrief,
)
from db.tables import Priority


class OpenSession(Clocks):
    """A conversation's open session."""

    id: Ulid
    number: int
    waiting: bool
    created_at: datetime
    agent: AgentBrief | None
    tags: list[TagBrief]
    priority: Priority
    snoozed_until: datetime | None = Field(description="put aside until then; null: it is not")
    sla: SlaOut | None = Field(description="null: no wait had a target")


class ConversationOut(ResponseModel):
    """A customer's thread on one channel, as far as I may see its sessions."""

    id: Ulid
    client: ClientBrief
    channel: ChannelBrief
    unreachable: str | None = Field(description="why messages do not reach the customer now")
    session: OpenSession | None = Field(description="null: no session is open, or I may not see it")
    session_count: int
    tags: list[TagBrief] = Field(description="of the open session, or else of the last one")
    unread_count: int
    reply_until: datetime | None = Field(
        description="end of the reply window: later only templates may be sent; null: the channel"
        " has no reply window"
    )
    is_active: bool = Field(description="false: archived, until the customer writes again")
    last_message: LastMessage | None
    last_message_at: datetime
    created_at: datetime


class ConversationCounts(ResponseModel):
    """How many conversations my lists have."""

    open: int
    mine: int
    waiting: int
    unread: int


_AGENT = Field(default=None, description="only conversations whose open session this agent holds")
_TAG = Field(
    default=None, description="only conversations whose open session, or else the last one, has it"
)


class ConversationCountQuery(QueryModel):
    """Which conversations to count."""

    channel_id: Ulid | None = None
    agent_id: Ulid | None = _AGENT
    tag_id: Ulid | None = Field(
        default=None, description="only conversations whose open session has this tag"
    )


class ConversationQuery(PageQuery):
    """Which conversations to list."""

    q: SearchText | None = Field(
        default=None,
        description="text in the customer's name, username, phone number, e-mail address or own"
        " fields. A page searches a limited number of conversations: it may be empty; continue with"
        " `next`",
    )
    channel_id: Ulid | None = None
    agent_id: Ulid | None = _AGENT
    tag_id: Ulid | None = _TAG
    open: bool = Field(default=False, description="true: only conversations with an open session")
    waiting: bool = Field(
        default=False, description="true: only conversations whose open session no agent holds"
    )
    mine: bool = Field(
        default=False, description="true: only conversations whose open session I hold"
    )
    unread: bool = Field(default=False, description="true: only conversations with unread messages")
    archived: bool = Field(
        default=False,
        description="true: archived conversations too, in which nobody wrote for ARCHIVE_DAYS",
    )
