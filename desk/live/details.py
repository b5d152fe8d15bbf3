"""Load what events are about, for many events at once, in its current state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from db.database import Transaction
from db.ids import AgentId, MessageId, SessionId, TagId
from db.queries.conversations.session_rows import SessionRow
from db.queries.events import event_details
from db.queries.events.events import EventLogRow, EventRecord
from db.queries.messages.message_rows import MessageRow, list_messages_by_ids
from db.queries.tags import read_tag_names
from db.tables import EventKind

# A typing event older than this is no longer true.
_TYPING_LIFETIME = timedelta(seconds=10)
_MESSAGE_EVENTS = {
    EventKind.MESSAGE_NEW,
    EventKind.MESSAGE_EDITED,
    EventKind.MESSAGE_DELETED,
    EventKind.MESSAGE_REACTION,
    EventKind.DELIVERY,
}
# They are about an agent, and no session.
_AGENT_EVENTS = {EventKind.AGENT_STATUS, EventKind.AGENT_CHANGED, EventKind.MENTIONS_CHANGED}
# They say only which object is to be loaded again.
_ID_EVENTS = {
    EventKind.CHANNEL_LINK,
    EventKind.CHANNEL_CHANGED,
    EventKind.CLIENT_CHANGED,
    EventKind.CANNED_REPLY_CHANGED,
    EventKind.BROADCAST_CHANGED,
}


@dataclass(frozen=True, slots=True)
class EventDetails:
    """An event together with its objects."""

    kind: EventKind
    at: datetime
    session: SessionRow | None = None
    message: MessageRow | None = None
    agent_id: AgentId | None = None
    agent_name: str | None = None
    # The id of the message, if it no longer exists, or of the object that is to be loaded again;
    # and the event's other details.
    about: str | None = None
    more: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class _Related:
    messages: Mapping[str, MessageRow]
    sessions: Mapping[str, SessionRow]
    agents: Mapping[str, str]
    tags: Mapping[str, str]


async def load_details(
    tx: Transaction, rows: Sequence[EventLogRow], now: datetime
) -> list[list[EventDetails | None]]:
    """Load the details of each row's events, in a few statements; None if there is nothing to send.

    Events about removed objects, and older typing events, are not sent.
    """
    all_of_them = [each for row in rows for each in row.records]
    if not all_of_them:
        return [[] for _ in rows]
    known = await _load_related(tx, all_of_them)
    return [[_to_details(each, row.at, known, now) for each in row.records] for row in rows]


async def _load_related(tx: Transaction, happened: Sequence[EventRecord]) -> _Related:
    about = {each.about for each in happened if each.kind in _MESSAGE_EVENTS}
    messages = await list_messages_by_ids(tx, sorted(MessageId(each) for each in about if each))
    wanted = {each.session_id for each in happened} | {row.session_id for row in messages}
    sessions = await event_details.list_sessions_by_ids(tx, sorted(each for each in wanted if each))
    named = [each for each in happened if each.kind not in _MESSAGE_EVENTS | _ID_EVENTS]
    tags = {each.about for each in named if each.kind is EventKind.TAG_CHANGED}
    agents = {each.about for each in named} - tags
    names = await event_details.read_agent_names(
        tx, sorted(AgentId(each) for each in agents if each)
    )
    return _Related(
        {row.id: row for row in messages},
        {row.id: row for row in sessions},
        names,
        await read_tag_names(tx, sorted(TagId(each) for each in tags if each)),
    )


def _to_details(
    each: EventRecord, at: datetime, known: _Related, now: datetime
) -> EventDetails | None:
    if each.kind in _MESSAGE_EVENTS:
        return _to_message_details(each, at, known)
    if each.kind in _ID_EVENTS:
        return EventDetails(each.kind, at, about=each.about, more=each.more)
    if each.kind is EventKind.TAG_CHANGED:
        named = {"name": known.tags.get(each.about or "")}
        return EventDetails(each.kind, at, about=each.about, more=named)
    agent_id = AgentId(each.about) if each.about else None
    name = known.agents.get(each.about or "")
    if each.kind in _AGENT_EVENTS:
        return EventDetails(each.kind, at, agent_id=agent_id, agent_name=name, more=each.more)
    session = known.sessions.get(each.session_id or "")
    if session is None or (each.kind is EventKind.TYPING and now - at > _TYPING_LIFETIME):
        return None
    return EventDetails(each.kind, at, session, agent_id=agent_id, agent_name=name, more=each.more)


def _to_message_details(each: EventRecord, at: datetime, known: _Related) -> EventDetails | None:
    message = known.messages.get(each.about or "")
    session_id: SessionId | None = message.session_id if message else each.session_id
    session = known.sessions.get(session_id or "")
    gone = message is None and each.kind is not EventKind.MESSAGE_DELETED
    if session is None or gone:
        return None
    return EventDetails(each.kind, at, session, message, about=each.about, more=each.more)
