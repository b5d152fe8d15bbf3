"""Handle WAHA's events of linked numbers: one handler for each kind of event."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import structlog

from bridge.waha.intake.raw_events import (
    ACK,
    CALL,
    EDITED,
    MESSAGE,
    MESSAGE_ANY,
    REACTION,
    REVOKED,
    SESSION_STATUS,
)
from bridge.waha.receiving.calls import handle_call
from bridge.waha.receiving.changes import handle_edit, handle_reaction, handle_revoke
from bridge.waha.receiving.event_context import EventContext, ParsedEvent, parse_event
from bridge.waha.receiving.link_status import handle_status
from bridge.waha.receiving.messages import handle_message
from bridge.waha.receiving.receipts import handle_ack
from db.ids import ChannelId
from db.queries.conversations import threads
from db.queues.inbox import InboxRow
from desk.receiving.ports import RowHandler
from desk.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)

_HANDLERS: dict[str, Callable[[EventContext], Awaitable[None]]] = {
    MESSAGE: handle_message,
    MESSAGE_ANY: handle_message,
    ACK: handle_ack,
    REACTION: handle_reaction,
    EDITED: handle_edit,
    REVOKED: handle_revoke,
    CALL: handle_call,
}
_CUSTOMER_EVENTS = {MESSAGE, MESSAGE_ANY, REACTION, EDITED}


class WahaReceiver:
    """Handles the inbox rows of numbers that are linked through WAHA."""

    async def prepare(self, uow: UnitOfWork, rows: Sequence[InboxRow]) -> list[RowHandler]:
        """Parse a batch once, and load its threads in a few queries."""
        parsed = [(row, parse_event(row)) for row in rows]
        await _preload(uow, parsed)
        return [partial(self._handle, uow, row, found) for row, found in parsed]

    async def _handle(
        self, uow: UnitOfWork, row: InboxRow, parsed: ParsedEvent | Exception
    ) -> None:
        """Handle one event; raise if it is no event at all, or if a handler fails.

        Events that this version does not know change nothing: WAHA sends more of them than we ask
        for, if another program has asked.
        """
        if isinstance(parsed, Exception):
            raise parsed
        channel, event = uow.channels[row.channel_id], parsed.event
        if event.event == SESSION_STATUS:
            await handle_status(uow, channel, event)
            return
        handler = _HANDLERS.get(event.event)
        if handler is None:
            log.info("waha.ignored", reason="unknown event", kind=event.event[:60])
            return
        chat, named_chat = parsed.chat, parsed.about.chat
        if chat is None or named_chat is None:
            log.info("waha.ignored", reason=parsed.about.reason, kind=event.event)
            return
        await handler(EventContext(uow, channel, parsed, named_chat, chat))


async def _preload(
    uow: UnitOfWork, parsed: Sequence[tuple[InboxRow, ParsedEvent | Exception]]
) -> None:
    contacts: dict[ChannelId, set[str]] = {}
    for row, found in parsed:
        if isinstance(found, Exception) or found.event.event not in _CUSTOMER_EVENTS:
            continue
        if found.chat is not None:
            contacts.setdefault(row.channel_id, set()).add(found.chat)
    for channel_id, chats in contacts.items():
        for thread in await threads.lock_by_contacts(uow.tx, channel_id, sorted(chats)):
            uow.add_thread(thread)
