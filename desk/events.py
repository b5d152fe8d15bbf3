"""The events of a transaction: what happened, as its producers know it.

Only this module creates events. The unit of work gives them to the projections when it flushes
(desk/projections.py). They happened at the time of their unit of work.
"""

from dataclasses import dataclass
from datetime import datetime

from db.content import Content
from db.ids import AgentId, ChannelId, ClientId, ConversationId, MessageId, SessionId
from db.queries.conversations.threads import Thread
from db.tables import AgentStatus, DeliveryState, Direction, LinkStatus, SenderType


@dataclass(frozen=True, slots=True)
class MessageAdded:
    """A message is in the history, whoever wrote it."""

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


@dataclass(frozen=True, slots=True)
class MessageEdited:
    """A message's text, file or deletion mark has changed."""

    message_id: MessageId


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
class DeliveryChanged:
    """A reply's delivery state has changed."""

    message_id: MessageId
    state: DeliveryState


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
    """An agent holds a session that waited."""

    session_id: SessionId
    agent_id: AgentId


@dataclass(frozen=True, slots=True)
class SessionTransferred:
    """Another agent holds a session, or it waits again (None)."""

    session_id: SessionId
    former: AgentId
    to: AgentId | None


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """A session has ended; `agent_id` held it."""

    session_id: SessionId
    conversation_id: ConversationId
    channel_id: ChannelId
    agent_id: AgentId | None


@dataclass(frozen=True, slots=True)
class SessionReopened:
    """An ended session was reopened; `former` is its former holder."""

    session_id: SessionId
    former: AgentId | None


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
class TypingStarted:
    """An agent writes in a session, or (None) the customer."""

    session_id: SessionId
    agent_id: AgentId | None


@dataclass(frozen=True, slots=True)
class ChannelLinkChanged:
    """The status of a channel's link to its phone has changed."""

    channel_id: ChannelId
    status: LinkStatus


Event = (
    MessageAdded
    | MessageEdited
    | MessageDeleted
    | MessagesRead
    | DeliveryChanged
    | DeliveryDelayed
    | SessionOpened
    | SessionAssigned
    | SessionTransferred
    | SessionEnded
    | SessionReopened
    | WindowClosing
    | SessionClientChanged
    | AgentStatusChanged
    | TypingStarted
    | ChannelLinkChanged
)


class EventCollector:
    """The events of one transaction; each method adds one."""

    __slots__ = ("_new",)

    def __init__(self) -> None:
        self._new: list[Event] = []

    def take(self) -> list[Event]:
        """Return the events since the last call."""
        taken, self._new = self._new, []
        return taken

    def add_message_new(
        self,
        thread: Thread,
        message_id: MessageId,
        content: Content,
        *,
        sender: SenderType,
        author_id: AgentId | None,
        direction: Direction,
    ) -> None:
        self._new.append(
            MessageAdded(
                thread.session_id,
                thread.conversation_id,
                thread.channel_id,
                message_id,
                sender,
                author_id,
                direction,
                content,
            )
        )

    def add_message_edited(self, message_id: MessageId) -> None:
        self._new.append(MessageEdited(message_id))

    def add_message_deleted(self, session_id: SessionId | None, message_id: MessageId) -> None:
        self._new.append(MessageDeleted(session_id, message_id))

    def add_messages_read(self, session_id: SessionId) -> None:
        self._new.append(MessagesRead(session_id))

    def add_delivery_changed(self, message_id: MessageId, state: DeliveryState) -> None:
        self._new.append(DeliveryChanged(message_id, state))

    def add_delivery_delayed(self, message_id: MessageId, until: datetime) -> None:
        self._new.append(DeliveryDelayed(message_id, until))

    def add_session_opened(
        self, thread: Thread, session_id: SessionId, agent_id: AgentId | None
    ) -> None:
        self._new.append(
            SessionOpened(session_id, thread.conversation_id, thread.channel_id, agent_id)
        )

    def add_session_assigned(self, session_id: SessionId, agent_id: AgentId) -> None:
        self._new.append(SessionAssigned(session_id, agent_id))

    def add_session_transferred(
        self, session_id: SessionId, *, frm: AgentId, to: AgentId | None
    ) -> None:
        self._new.append(SessionTransferred(session_id, frm, to))

    def add_session_ended(
        self, thread: Thread, session_id: SessionId, agent_id: AgentId | None
    ) -> None:
        self._new.append(
            SessionEnded(session_id, thread.conversation_id, thread.channel_id, agent_id)
        )

    def add_session_reopened(self, session_id: SessionId, *, held_by: AgentId | None) -> None:
        self._new.append(SessionReopened(session_id, held_by))

    def add_window_closing(self, session_id: SessionId) -> None:
        self._new.append(WindowClosing(session_id))

    def add_session_client_changed(
        self, session_id: SessionId, now_of: ClientId, was_of: ClientId
    ) -> None:
        self._new.append(SessionClientChanged(session_id, now_of, was_of))

    def add_agent_status(self, agent_id: AgentId, status: AgentStatus) -> None:
        self._new.append(AgentStatusChanged(agent_id, status))

    def add_typing(self, session_id: SessionId, agent_id: AgentId | None) -> None:
        self._new.append(TypingStarted(session_id, agent_id))

    def add_channel_link(self, channel_id: ChannelId, status: LinkStatus) -> None:
        self._new.append(ChannelLinkChanged(channel_id, status))
