"""The events of a transaction: what happened, as its producers know it.

A producer adds them to the unit of work, which gives them to the projections when it flushes
(desk/projections.py). They happened at the time of their unit of work.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from db.content import Content
from db.ids import (
    AgentId,
    AiTurnId,
    BroadcastId,
    CannedReplyId,
    ChannelId,
    ClientId,
    ConversationId,
    MessageId,
    SessionId,
    TagId,
)
from db.tables import (
    AgentStatus,
    BroadcastState,
    DeliveryState,
    Direction,
    LinkStatus,
    RecipientState,
    SenderType,
    SlaState,
)
from desk.log_context import log_step


@dataclass(frozen=True, slots=True)
class MessageAdded:
    """A customer, an agent or the desk itself added a message to the history."""

    # None: it was said between two sessions.
    session_id: SessionId | None
    conversation_id: ConversationId
    channel_id: ChannelId
    message_id: MessageId
    sender: SenderType
    # The agent who wrote it; None: the customer, or an agent who is not known.
    author_id: AgentId | None
    direction: Direction
    content: Content
    state: DeliveryState
    # A customer wrote it, and auto-reply rules may answer it (desk/causes.py).
    may_fire_rules: bool = False


@dataclass(frozen=True, slots=True)
class MessageEdited:
    """A message's text, file or deletion mark has changed."""

    message_id: MessageId
    # It is a note of staff, and has other words.
    is_note: bool = False


@dataclass(frozen=True, slots=True)
class MessageDeleted:
    """Staff deleted a message."""

    session_id: SessionId | None
    message_id: MessageId


@dataclass(frozen=True, slots=True)
class MessagesRead:
    """Staff has read the customer's messages in the session so far."""

    session_id: SessionId


@dataclass(frozen=True, slots=True)
class MessageReacted:
    """A customer or staff has reacted to a message, or taken the reaction back."""

    message_id: MessageId


@dataclass(frozen=True, slots=True)
class DeliveryChanged:
    """A reply's delivery state has changed."""

    message_id: MessageId
    state: DeliveryState
    # The former state, where it may have been HELD or FAILED although this one is a success.
    former: DeliveryState | None = None


@dataclass(frozen=True, slots=True)
class DeliveryDelayed:
    """A reply waits for the provider, at least until then."""

    message_id: MessageId
    until: datetime


@dataclass(frozen=True, slots=True)
class SessionOpened:
    """A session has begun; `agent_id` holds it from the start."""

    session_id: SessionId
    conversation_id: ConversationId
    channel_id: ChannelId
    agent_id: AgentId | None


@dataclass(frozen=True, slots=True)
class SessionAssigned:
    """An agent holds a session that waited; `is_handover`: a person decided that."""

    session_id: SessionId
    agent_id: AgentId
    is_handover: bool


@dataclass(frozen=True, slots=True)
class SessionTransferred:
    """Another agent holds a session, or it waits again (None)."""

    session_id: SessionId
    former: AgentId
    to: AgentId | None
    # Any agent saw it then.
    was_held_by_ai: bool = False


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """A session has ended; `agent_id` held it."""

    session_id: SessionId
    conversation_id: ConversationId
    channel_id: ChannelId
    agent_id: AgentId | None
    # Nothing is said to the customer about it.
    is_silent: bool = False


@dataclass(frozen=True, slots=True)
class SessionReopened:
    """An ended session was reopened for `agent_id`; `former` is its former holder."""

    session_id: SessionId
    former: AgentId | None
    agent_id: AgentId | None


@dataclass(frozen=True, slots=True)
class SessionTagsChanged:
    """A session has other tags."""

    session_id: SessionId


@dataclass(frozen=True, slots=True)
class SessionRated:
    """A customer has rated a session, or changed their rating or their words about it."""

    session_id: SessionId
    rating: int


@dataclass(frozen=True, slots=True)
class SessionPriorityChanged:
    """A session has another priority."""

    session_id: SessionId


@dataclass(frozen=True, slots=True)
class SessionSnoozed:
    """A session was put aside until a time, or taken up again (None)."""

    session_id: SessionId
    until: datetime | None


@dataclass(frozen=True, slots=True)
class SessionSlaChanged:
    """The target of a session's answer is nearly missed, or missed, or that wait is over."""

    session_id: SessionId
    state: SlaState


@dataclass(frozen=True, slots=True)
class SessionSuggestionChanged:
    """A draft of an AI agent stands in a session, or (None) none any more."""

    session_id: SessionId
    turn_id: AiTurnId | None


@dataclass(frozen=True, slots=True)
class WindowClosing:
    """The reply window closes soon."""

    session_id: SessionId


@dataclass(frozen=True, slots=True)
class SessionClientChanged:
    """A session belongs to another client, after a merge or its undoing."""

    session_id: SessionId
    now_of: ClientId
    was_of: ClientId


@dataclass(frozen=True, slots=True)
class AgentStatusChanged:
    """An agent went online, or to another status."""

    agent_id: AgentId
    status: AgentStatus


@dataclass(frozen=True, slots=True)
class AgentChanged:
    """An agent was created, renamed or deleted, or has another profile, capacity or channels."""

    agent_id: AgentId


@dataclass(frozen=True, slots=True)
class TagChanged:
    """A tag was renamed or deleted."""

    tag_id: TagId


@dataclass(frozen=True, slots=True)
class MentionsChanged:
    """An agent is named in a note, or has read the notes of a conversation that name them."""

    agent_id: AgentId


@dataclass(frozen=True, slots=True)
class TypingStarted:
    """An agent writes in a session, or (None) the customer."""

    session_id: SessionId
    agent_id: AgentId | None


@dataclass(frozen=True, slots=True)
class ChannelLinkChanged:
    """The status of a channel's link to its phone has changed."""

    channel_id: ChannelId
    status: LinkStatus


@dataclass(frozen=True, slots=True)
class ChannelChanged:
    """A channel was created, changed, switched on or off, or deleted."""

    channel_id: ChannelId


@dataclass(frozen=True, slots=True)
class ClientChanged:
    """A customer's details have changed, or staff blocked or unblocked them."""

    client_id: ClientId


@dataclass(frozen=True, slots=True)
class CannedReplyChanged:
    """A canned reply was created, changed or deleted."""

    reply_id: CannedReplyId


@dataclass(frozen=True, slots=True)
class BroadcastChanged:
    """A broadcast has another state, or has made progress: its recipients by state."""

    broadcast_id: BroadcastId
    state: BroadcastState
    counts: Mapping[RecipientState, int]


Event = (
    MessageAdded
    | MessageEdited
    | MessageDeleted
    | MessagesRead
    | MessageReacted
    | DeliveryChanged
    | DeliveryDelayed
    | SessionOpened
    | SessionAssigned
    | SessionTransferred
    | SessionEnded
    | SessionReopened
    | SessionTagsChanged
    | SessionRated
    | SessionPriorityChanged
    | SessionSnoozed
    | SessionSlaChanged
    | SessionSuggestionChanged
    | WindowClosing
    | SessionClientChanged
    | AgentStatusChanged
    | AgentChanged
    | TagChanged
    | MentionsChanged
    | TypingStarted
    | ChannelLinkChanged
    | ChannelChanged
    | ClientChanged
    | CannedReplyChanged
    | BroadcastChanged
)


class EventCollector:
    """The events of one transaction."""

    __slots__ = ("_new",)

    def __init__(self) -> None:
        self._new: list[Event] = []

    def has_any_of(self, conversation_id: ConversationId, session_id: SessionId | None) -> bool:
        """Check whether something happened in a conversation, or to its session."""
        return any(
            getattr(each, "conversation_id", None) == conversation_id
            or getattr(each, "session_id", conversation_id) == session_id
            for each in self._new
        )

    def add(self, event: Event) -> None:
        """Add something that happened in this transaction."""
        log_step(
            "event.added",
            kind=type(event).__name__,
            message=getattr(event, "message_id", None),
            session=getattr(event, "session_id", None),
        )
        self._new.append(event)

    def take(self) -> list[Event]:
        """Return the events since the last call."""
        taken, self._new = self._new, []
        return taken
