"""Collect the events of a transaction; only this module creates events.

They are stored in that transaction, as one row (docs/adr/0014-events.md).
"""

from datetime import datetime

from db.database import Transaction
from db.ids import AgentId, ChannelId, ClientId, MessageId, SessionId
from db.queries.events import events
from db.queries.events.events import EventRecord
from db.tables import AgentStatus, EventKind, LinkStatus


class EventCollector:
    """The events of one transaction; each method adds one."""

    __slots__ = ("_records",)

    def __init__(self) -> None:
        self._records: list[EventRecord] = []

    async def flush(self, tx: Transaction, now: datetime) -> None:
        """Write the collected events."""
        if self._records:
            await events.put(tx, self._records, now)
            self._records.clear()

    def add_message_new(self, session_id: SessionId | None, message_id: MessageId) -> None:
        self._records.append(EventRecord(EventKind.MESSAGE_NEW, session_id, message_id))

    def add_message_edited(self, message_id: MessageId) -> None:
        self._records.append(EventRecord(EventKind.MESSAGE_EDITED, None, message_id))

    def add_message_deleted(self, session_id: SessionId | None, message_id: MessageId) -> None:
        self._records.append(EventRecord(EventKind.MESSAGE_DELETED, session_id, message_id))

    def add_messages_read(self, session_id: SessionId) -> None:
        """Add that staff has read the customer's messages in the session so far."""
        self._records.append(EventRecord(EventKind.MESSAGE_READ, session_id))

    def add_delivery_changed(self, message_id: MessageId) -> None:
        """Add that a reply's delivery state has changed."""
        self._records.append(EventRecord(EventKind.DELIVERY, None, message_id))

    def add_delivery_delayed(self, message_id: MessageId, until: datetime) -> None:
        """Add that a reply waits for the provider, at least until then."""
        more = {"held_until": until.isoformat()}
        self._records.append(EventRecord(EventKind.DELIVERY, None, message_id, more))

    def add_session_opened(self, session_id: SessionId) -> None:
        self._records.append(EventRecord(EventKind.SESSION_OPENED, session_id))

    def add_session_assigned(self, session_id: SessionId, agent_id: AgentId) -> None:
        """Add that an agent holds a session that waited."""
        self._records.append(EventRecord(EventKind.SESSION_ASSIGNED, session_id, agent_id))

    def add_session_transferred(
        self, session_id: SessionId, *, frm: AgentId, to: AgentId | None
    ) -> None:
        """Add that another agent holds a session, or that it waits again (None)."""
        self._records.append(
            EventRecord(EventKind.SESSION_TRANSFERRED, session_id, to, {"from": frm})
        )

    def add_session_ended(self, session_id: SessionId) -> None:
        self._records.append(EventRecord(EventKind.SESSION_ENDED, session_id))

    def add_session_reopened(self, session_id: SessionId, *, held_by: AgentId | None) -> None:
        """Add that an ended session was reopened; `held_by` is its former holder."""
        self._records.append(
            EventRecord(EventKind.SESSION_REOPENED, session_id, None, {"from": held_by})
        )

    def add_window_closing(self, session_id: SessionId) -> None:
        """Add that the reply window closes soon."""
        self._records.append(EventRecord(EventKind.WINDOW_CLOSING, session_id))

    def add_session_client_changed(
        self, session_id: SessionId, now_of: ClientId, was_of: ClientId
    ) -> None:
        """Add that a session belongs to another client, after a merge or its undoing."""
        more = {"client": now_of, "was": was_of}
        self._records.append(EventRecord(EventKind.SESSION_CLIENT, session_id, None, more))

    def add_agent_status(self, agent_id: AgentId, status: AgentStatus) -> None:
        self._records.append(
            EventRecord(EventKind.AGENT_STATUS, None, agent_id, {"status": status.value})
        )

    def add_typing(self, session_id: SessionId, agent_id: AgentId | None) -> None:
        """Add that an agent writes in a session, or (None) the customer."""
        self._records.append(EventRecord(EventKind.TYPING, session_id, agent_id))

    def add_channel_link(self, channel_id: ChannelId, status: LinkStatus) -> None:
        """Add that the status of a channel's link to its phone has changed."""
        self._records.append(
            EventRecord(EventKind.CHANNEL_LINK, None, channel_id, {"status": status.value})
        )
