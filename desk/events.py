"""What happens, for whoever listens: the only place where events are made.

They are collected during a transaction and kept in it, as one row (docs/adr/0014-events.md).
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from db.ids import AgentId, ChannelId, ClientId, MessageId, SessionId
from db.queries.events import events
from db.queries.events.events import EventRecord
from db.tables import AgentStatus, EventKind, LinkStatus


class Events:
    """What happens in one transaction; every method notes that it did."""

    __slots__ = ("_happened",)

    def __init__(self) -> None:
        self._happened: list[EventRecord] = []

    async def keep(self, tx: AsyncSession, now: datetime) -> None:
        """Write down what was collected."""
        if self._happened:
            await events.put(tx, self._happened, now)
            self._happened.clear()

    def message_new(self, session_id: SessionId, message_id: MessageId) -> None:
        self._happened.append(EventRecord(EventKind.MESSAGE_NEW, session_id, message_id))

    def message_edited(self, message_id: MessageId) -> None:
        self._happened.append(EventRecord(EventKind.MESSAGE_EDITED, None, message_id))

    def message_deleted(self, session_id: SessionId, message_id: MessageId) -> None:
        self._happened.append(EventRecord(EventKind.MESSAGE_DELETED, session_id, message_id))

    def messages_read(self, session_id: SessionId) -> None:
        """Note that staff has read what the customer wrote in the session so far."""
        self._happened.append(EventRecord(EventKind.MESSAGE_READ, session_id))

    def delivery(self, message_id: MessageId) -> None:
        """Note that an answer's delivery is in another state."""
        self._happened.append(EventRecord(EventKind.DELIVERY, None, message_id))

    def held_up(self, message_id: MessageId, until: datetime) -> None:
        """Note that an answer waits for the provider, for so long at the least."""
        more = {"held_until": until.isoformat()}
        self._happened.append(EventRecord(EventKind.DELIVERY, None, message_id, more))

    def session_opened(self, session_id: SessionId) -> None:
        self._happened.append(EventRecord(EventKind.SESSION_OPENED, session_id))

    def session_assigned(self, session_id: SessionId, agent_id: AgentId) -> None:
        """Note that somebody holds a session that waited."""
        self._happened.append(EventRecord(EventKind.SESSION_ASSIGNED, session_id, agent_id))

    def session_transferred(
        self, session_id: SessionId, *, frm: AgentId, to: AgentId | None
    ) -> None:
        """Note that another agent holds a session, or nobody: it waits again."""
        self._happened.append(
            EventRecord(EventKind.SESSION_TRANSFERRED, session_id, to, {"from": frm})
        )

    def session_ended(self, session_id: SessionId) -> None:
        self._happened.append(EventRecord(EventKind.SESSION_ENDED, session_id))

    def session_reopened(self, session_id: SessionId, *, held_by: AgentId | None) -> None:
        """Note that a session goes on that had ended; `held_by`: who held it then."""
        self._happened.append(
            EventRecord(EventKind.SESSION_REOPENED, session_id, None, {"from": held_by})
        )

    def window_closing(self, session_id: SessionId) -> None:
        """Note that the customer may soon be answered by templates only."""
        self._happened.append(EventRecord(EventKind.WINDOW_CLOSING, session_id))

    def session_client(self, session_id: SessionId, now_of: ClientId, was_of: ClientId) -> None:
        """Note that a session is another client's now: two were joined, or taken apart."""
        more = {"client": now_of, "was": was_of}
        self._happened.append(EventRecord(EventKind.SESSION_CLIENT, session_id, None, more))

    def agent_status(self, agent_id: AgentId, status: AgentStatus) -> None:
        self._happened.append(
            EventRecord(EventKind.AGENT_STATUS, None, agent_id, {"status": status.value})
        )

    def typing(self, session_id: SessionId, agent_id: AgentId | None) -> None:
        """Note that an agent writes in a session, or (None) the customer."""
        self._happened.append(EventRecord(EventKind.TYPING, session_id, agent_id))

    def channel_link(self, channel_id: ChannelId, status: LinkStatus) -> None:
        """Note that the link of a channel to its phone stands otherwise."""
        self._happened.append(
            EventRecord(EventKind.CHANNEL_LINK, None, channel_id, {"status": status.value})
        )
