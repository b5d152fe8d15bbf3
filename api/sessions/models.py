"""Schemas of sessions."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from api.schemas.base import (
    Line,
    QueryModel,
    RequestBody,
    ResponseModel,
    SearchText,
    Timestamp,
    Ulid,
)
from api.schemas.pagination import PageQuery
from db.tables import (
    MAX_TAG_LENGTH,
    AgentKind,
    AiMode,
    ChannelKind,
    Direction,
    MessageType,
    Priority,
    SenderType,
    SessionStatus,
    SlaState,
    SlaTarget,
)
from desk.conversations.tags import MAX_TAGS_OF_SESSION

Reason = Annotated[Line, Field(max_length=500)]


class ClientBrief(ResponseModel):
    """The customer, in brief."""

    id: Ulid
    name: str
    username: str | None
    phone: str | None
    language: str | None
    is_blocked: bool


class ChannelBrief(ResponseModel):
    """The channel, in brief."""

    id: Ulid
    kind: ChannelKind
    name: str


class AgentBrief(ResponseModel):
    """An agent, in brief."""

    id: Ulid
    name: str
    kind: AgentKind


class TagBrief(ResponseModel):
    """A tag of a session."""

    id: Ulid
    name: str


class LastMessage(ResponseModel):
    """The last message, as far as a list shows it."""

    id: Ulid
    sender_type: SenderType
    direction: Direction
    message_type: MessageType
    message: str | None = Field(description="the first 200 characters")
    author_name: str | None
    created_at: datetime


class SlaOut(ResponseModel):
    """The customer's last wait for an answer that has a target."""

    target: SlaTarget = Field(description="the first answer of the session, or a later one")
    state: SlaState = Field(
        description="running, warned (nearly missed), breached (missed, and still not answered),"
        " met, missed (answered too late), or stopped: the session ended or was put aside"
    )
    since: datetime = Field(description="from when the wait is counted")
    due_at: datetime = Field(description="until when an answer is in time, by the opening hours")


class Clocks(ResponseModel):
    """How long a customer waits in a session, and how soon they were answered."""

    waiting_since: datetime | None = Field(
        description="since when it waits for an agent; null: it does not"
    )
    unanswered_since: datetime | None = Field(
        description="when the customer wrote what nobody has answered yet; null: all is answered"
    )
    first_answer_at: datetime | None = Field(description="when an agent answered first")
    first_answer_seconds: float | None = Field(
        description="from the customer's first message to the first answer"
    )


class SessionOut(Clocks):
    """One episode of a conversation."""

    id: Ulid
    conversation_id: Ulid
    number: int = Field(description="the conversation's first session is 1")
    status: SessionStatus
    waiting: bool = Field(description="true: open, and no agent holds it")
    created_at: datetime
    ended_at: datetime | None
    unread_count: int = Field(
        description="number of the customer's messages that staff has not read"
    )
    reply_until: datetime | None = Field(
        description="end of the reply window: later only templates may be sent; null: the channel"
        " has no reply window"
    )
    client: ClientBrief
    channel: ChannelBrief
    agent: AgentBrief | None = Field(description="the agent who holds it, or held it")
    tags: list[TagBrief] = Field(description="by name")
    priority: Priority
    snoozed_until: datetime | None = Field(
        description="put aside until then; null: it is not. The customer's next message ends it"
    )
    sla: SlaOut | None = Field(description="null: no wait had a target")
    last_message: LastMessage | None


class Handover(ResponseModel):
    """One change of a session's holder: by hand, or because the holder went offline."""

    from_agent_id: Ulid | None = Field(description="null: the session was waiting")
    from_name: str | None
    to_agent_id: Ulid | None = Field(description="null: it waits again")
    to_name: str | None
    by_agent_id: Ulid | None = Field(
        description="who did this: the previous agent, or an administrator; null: the desk itself"
    )
    by_name: str
    reason: str | None
    created_at: datetime


class SessionDetail(SessionOut):
    """A session with its handovers."""

    handovers: list[Handover] = Field(description="the newest 50, the newest first")
    topic_url: str | None = Field(
        description="the conversation's topic in the staff group, for those who are in the group;"
        " null: it has none now"
    )


class _SessionFilters(PageQuery):
    status: SessionStatus | None = None
    waiting: bool = Field(default=False, description="true: only sessions without an agent")
    mine: bool = Field(default=False, description="true: only sessions that I hold or held")
    agent_id: Ulid | None = Field(
        default=None,
        description="only sessions that this agent holds or held; of an AI agent, an agent sees the"
        " open ones",
    )
    channel_id: Ulid | None = None
    tag_id: Ulid | None = Field(default=None, description="only sessions that have this tag")
    priority: Priority | None = None
    sla_state: SlaState | None = Field(
        default=None, description="only sessions whose last timed wait is in this state"
    )
    unread: bool = Field(default=False, description="true: only sessions with unread messages")
    q: SearchText | None = Field(
        default=None,
        description="text in the newest 500 messages, or in the customer's name, username, phone"
        " number, e-mail address or own fields. A page searches a limited number of sessions: it"
        " may be empty; continue with `next`",
    )
    since: Timestamp | None = Field(
        default=None, description="only sessions opened at this time or later"
    )
    until: Timestamp | None = Field(
        default=None, description="only sessions opened before this time"
    )
    oldest_first: bool = False


class SessionQuery(_SessionFilters):
    """Which sessions to list."""

    client_id: Ulid | None = Field(default=None, description="all sessions of this client")
    archived: bool = Field(
        default=False,
        description="true: also those of archived conversations, in which nobody wrote for"
        " ARCHIVE_DAYS; those of one client are always listed",
    )


class SessionListQuery(SessionQuery):
    """Which sessions to list, and in which order."""

    order: Literal["created", "activity"] = Field(
        default="created",
        description="activity: only open sessions, the last message first; with the filters"
        " `waiting`, `mine`, `agent_id`, `channel_id`, `tag_id` and `unread`",
    )


class QueueQuery(QueryModel):
    """Which waiting sessions to list."""

    channel_id: Ulid | None = None
    tag_id: Ulid | None = Field(default=None, description="only sessions that have this tag")


class ClientSessionQuery(_SessionFilters):
    """Which sessions of a client to list."""


class Assignment(RequestBody):
    """The agent who gets the session."""

    agent_id: Ulid
    reason: Reason | None = None


_TagName = Annotated[str, Field(min_length=1, max_length=MAX_TAG_LENGTH)]
_TagNames = Annotated[list[_TagName], Field(max_length=MAX_TAGS_OF_SESSION)]


class TagChanges(RequestBody):
    """The tags that a session gets, and those that are taken from it."""

    add: _TagNames = Field(default=[], description="names; one that is new makes a tag")
    remove: _TagNames = Field(default=[], description="those that it does not have are ignored")


class PriorityChange(RequestBody):
    """How soon a waiting session gets an agent."""

    priority: Priority


class AiModeChange(RequestBody):
    """What AI agents do in a session, whatever their configuration says."""

    mode: AiMode


class Snooze(RequestBody):
    """Until when the session is put aside."""

    until: Annotated[Timestamp, Field(strict=False)] = Field(
        description="a time in the future, within a year"
    )


class Transfer(RequestBody):
    """The agent who gets the session, and the reason."""

    agent_id: Ulid
    reason: Reason
