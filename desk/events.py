"""What happens, for whoever listens: the only place where events are made.

They are collected during a transaction and kept in it, as one row (docs/adr/0014-events.md).
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from db.ids import AgentId, ChannelId, ClientId, MessageId, SessionId
from db.queries.events import events
from db.queries.events.events import EventRecord
from db.tables import AgentStatus, EventKind, LinkStatus


class EventCollector:
    """What happens in one transaction; every method notes that it did."""

    __slots__ = ("_records",)

    def __init__(self) -> None:
        self._records: list[EventRecord] = []

    async def flush(self, tx: AsyncSession, now: datetime) -> None:
        """Write down what was collected."""
        if self._records:
            await events.put(tx, self._records, now)
            self._records.clear()

    def add_message_new(self, session_id: SessionId, message_id: MessageId) -> None:
        self._records.append(EventRecord(EventKind.MESSAGE_NEW, session_id, message_id))

    def add_message_edited(self, message_id: MessageId) -> None:
        self._records.append(EventRecord(EventKind.MESSAGE_EDITED, None, message_id))

    def add_message_deleted(self, session_id: SessionId, message_id: MessageId) -> None:
        self._records.append(EventRecord(EventKind.MESSAGE_DELETED, session_id, message_id))

    def add_messages_read(self, session_id: SessionId) -> None:
        """Note that staff has read what the customer wrote in the session so far."""
        self._records.append(EventRecord(EventKind.MESSAGE_READ, session_id))

    def add_delivery_changed(self, message_id: MessageId) -> None:
        """Note that an answer's delivery is in another state."""
        self._records.append(EventRecord(EventKind.DELIVERY, None, message_id))

    def add_delivery_delayed(self, message_id: MessageId, until: datetime) -> None:
        """Note that an answer waits for the provider, for so long at the least."""
        more = {"held_until": until.isoformat()}
        self._records.append(EventRecord(EventKind.DELIVERY, None, message_id, more))

    def add_session_opened(self, session_id: SessionId) -> None:
        self._records.append(EventRecord(EventKind.SESSION_OPENED, session_id))

    def add_session_assigned(self, session_id: SessionId, agent_id: AgentId) -> None:
        """Note that somebody holds a session that waited."""
        self._records.append(EventRecord(EventKind.SESSION_ASSIGNED, session_id, agent_id))

    def add_session_transferred(
        self, session_id: SessionId, *, frm: AgentId, to: AgentId | None
    ) -> None:
        """Note that another agent holds a session, or nobody: it waits again."""
        self._records.append(
            EventRecord(EventKind.SESSION_TRANSFERRED, session_id, to, {"from": frm})
        )

    def add_session_ended(self, session_id: SessionId) -> None:
        self._records.append(EventRecord(EventKind.SESSION_ENDED, session_id))

    def add_session_reopened(self, session_id: SessionId, *, held_by: AgentId | None) -> None:
        """Note that a session goes on that had ended; `held_by`: who held it then."""
        self._records.append(
            EventRecord(EventKind.SESSION_REOPENED, session_id, None, {"from": held_by})
        )

    def add_window_closing(self, session_id: SessionId) -> None:
        """Note that the customer may soon be answered by templates only."""
        self._records.append(EventRecord(EventKind.WINDOW_CLOSING, session_id))

    def add_session_client_changed(
        self, session_id: SessionId, now_of: ClientId, was_of: ClientId
    ) -> None:
        """Note that a session is another client's now: two were joined, or taken apart."""
        more = {"client": now_of, "was": was_of}
        self._records.append(EventRecord(EventKind.SESSION_CLIENT, session_id, None, more))

    def add_agent_status(self, agent_id: AgentId, status: AgentStatus) -> None:
        self._records.append(
            EventRecord(EventKind.AGENT_STATUS, None, agent_id, {"status": status.value})
        )

    def add_typing(self, session_id: SessionId, agent_id: AgentId | None) -> None:
        """Note that an agent writes in a session, or (None) the customer."""
        self._records.append(EventRecord(EventKind.TYPING, session_id, agent_id))

    def add_channel_link(self, channel_id: ChannelId, status: LinkStatus) -> None:
        """Note that the link of a channel to its phone stands otherwise."""
        self._records.append(
            EventRecord(EventKind.CHANNEL_LINK, None, channel_id, {"status": status.value})
        )
