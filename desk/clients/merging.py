"""Two clients found to be one person: joined by somebody who says so, and taken apart again.

Conversations, topics and sessions stay as they are, each on its channel; whose they are changes.
Locks are taken as everywhere: conversations first, in their order, then the clients.
"""

from collections.abc import Collection
from typing import Any

from db.ids import ClientId, MergeId, new_id
from db.queries.accounts.accounts import BoundAgent
from db.queries.clients import merging as queries
from db.queries.clients.clients import find_client
from db.queries.clients.merging import ClientState, MergeRow
from db.queries.conversations.threads import Thread
from db.tables import OutboxKind, Role
from desk.audit import note
from desk.content import Content
from desk.conversations.threads import thread_by_id
from desk.lanes import told_about
from desk.unit_of_work import Desk


class JoinError(Exception):
    """Not possible as things stand; says why, and what to do."""


class NobodyError(JoinError):
    """There is no such client, or no such join."""


async def may_join(desk: Desk, agent: BoundAgent, *client_ids: ClientId) -> bool:
    """Tell whether somebody may say who these clients are: an administrator, or who sees all."""
    if agent.role is Role.ADMIN:
        return True
    for client_id in client_ids:
        kept = await queries.find_surviving_client(desk.tx, client_id)
        if kept is None or await find_client(desk.tx, kept, viewer=agent.agent_id) is None:
            return False
    return True


async def join(desk: Desk, kept: ClientId, other: ClientId, *, by: BoundAgent) -> ClientId:
    """Have two clients be one person, `kept` if neither is joined yet; tells who it is.

    Their name is that of the kept one, unless staff named the other alone. What the kept one has
    not (a phone, a language) is the other's. Blocked is who was blocked as either: what was kept
    out does not come in by another door. Those who are one already stay so. Raises JoinError.
    """
    kept, other = await _as_of_now(desk, kept, other)
    threads, found = await _locked(desk, kept, other)
    if kept == other or kept == found[other].merged_into_id:
        return kept
    if found[kept].merged_into_id == other:
        return other
    if found[kept].merged_into_id or found[other].merged_into_id:
        raise JoinError("one of them was joined to somebody else just now: look again")
    comes = [each for each in threads if each.client_id == other]
    changes = _changes(found[kept], found[other])
    await _apply(desk, kept, {field: after for field, (_, after) in changes.items()})
    moved = await queries.move_to_client(desk.tx, other, kept)
    join_id = await queries.add_merge(
        desk.tx, kept, other, by=by.agent_id, moved=moved, changes=changes, now=desk.now
    )
    note(desk, by, "client.join", kept, {"join": join_id, "joined": other, **moved})
    await _tell_events(desk, comes, kept, other)
    undo = [{"text": desk.for_staff("topic.take_apart"), "data": f"unjoin:{join_id}"}]
    for thread in threads:
        another = found[other if thread.client_id == kept else kept]
        text = desk.for_staff("topic.joined", agent=by.name, name=another.name)
        _tell(desk, thread, text, [undo], _about(threads, another.id))
        _anew(desk, thread)
    return kept


async def take_apart(desk: Desk, join_id: MergeId, *, by: BoundAgent) -> MergeRow:
    """Have two clients be two again, with what is theirs by itself, also what came since.

    What the kept one took from the other goes, unless somebody has changed it since; who was
    blocked or let through since then stays so as both. Raises JoinError.
    """
    row = await _holding(desk, join_id)
    kept, other = row.kept_id, row.merged_id
    threads, found = await _locked(desk, kept, other)
    row = await _holding(desk, join_id)
    if found[kept].merged_into_id is not None:
        raise JoinError("whom they were joined to was joined to somebody else: undo that first")
    before, both = _undone(found[kept], row.changes)
    await _apply(desk, kept, before)
    await _apply(desk, other, both)
    contacts = await queries.move_back(desk.tx, other, kept)
    await queries.mark_undone(desk.tx, join_id, desk.now)
    details = {"join": join_id, "joined": other, "contacts": contacts}
    note(desk, by, "client.take_apart", kept, details)
    gone = [each for each in threads if each.contact_id in contacts]
    await _tell_events(desk, gone, other, kept)
    for thread in threads:
        _tell(desk, thread, desk.for_staff("topic.taken_apart", agent=by.name), [], None)
        _anew(desk, thread)
    return row


async def _holding(desk: Desk, join_id: MergeId) -> MergeRow:
    row = await queries.find_merge(desk.tx, join_id)
    if row is None:
        raise NobodyError
    return row


async def _as_of_now(desk: Desk, kept: ClientId, other: ClientId) -> tuple[ClientId, ClientId]:
    found = [await queries.find_surviving_client(desk.tx, each) for each in (kept, other)]
    if found[0] is None or found[1] is None:
        raise NobodyError
    return found[0], found[1]


async def _locked(
    desk: Desk, kept: ClientId, other: ClientId
) -> tuple[list[Thread], dict[ClientId, ClientState]]:
    """Lock both with all their conversations, in this order; raises NobodyError.

    A conversation that began meanwhile is locked in the end: it could not be known before.
    """
    both = {kept, other}
    threads = await _threads_of(desk, both)
    found = await queries.lock_clients(desk.tx, both)
    if found.keys() != both:
        raise NobodyError
    more = await _threads_of(desk, both, besides={each.conversation_id for each in threads})
    return [*threads, *more], found


async def _threads_of(
    desk: Desk, client_ids: Collection[ClientId], besides: Collection[str] = ()
) -> list[Thread]:
    ids = await queries.list_conversations(desk.tx, client_ids)
    found = [await thread_by_id(desk, each) for each in ids if each not in besides]
    return [thread for thread in found if thread is not None]


def _changes(kept: ClientState, other: ClientState) -> dict[str, Any]:
    """Tell what changes of the kept one: field → [before, after]."""
    changes: dict[str, Any] = {"is_blocked": [kept.is_blocked, kept.is_blocked or other.is_blocked]}
    if kept.phone is None and other.phone is not None:
        changes["phone"] = [None, other.phone]
    if kept.language is None and other.language is not None:
        changes["language"] = [None, other.language]
    if other.is_renamed and not kept.is_renamed:
        changes["name"] = [kept.name, other.name]
        changes["is_renamed"] = [False, True]
    return changes


def _undone(kept: ClientState, changes: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Tell what to set of the kept one, and of the other."""
    before = {
        field: was for field, (was, after) in changes.items() if getattr(kept, field) == after
    }
    if "name" not in before:  # staff gave another name since: it stays, and stays staff's
        before.pop("is_renamed", None)
    decided_since = "is_blocked" not in before
    return before, {"is_blocked": kept.is_blocked} if decided_since else {}


async def _apply(desk: Desk, client_id: ClientId, values: dict[str, Any]) -> None:
    if values:
        await queries.update_client(desk.tx, client_id, **values)


async def _tell_events(desk: Desk, moved: list[Thread], now_of: ClientId, was_of: ClientId) -> None:
    """Note it for the newest session of each conversation that is somebody else's now."""
    ids = [each.conversation_id for each in moved]
    for session_id in await queries.list_newest_sessions(desk.tx, ids):
        desk.events.session_client(session_id, now_of, was_of)


def _about(threads: list[Thread], client_id: ClientId) -> str | None:
    """Name a notice that names somebody else: by this it is found when they are to be forgotten."""
    theirs = (each.conversation_id for each in threads if each.client_id == client_id)
    return next((told_about(each, new_id()) for each in theirs), None)


def _tell(
    desk: Desk, thread: Thread, text: str, buttons: list[list[dict[str, str]]], once: str | None
) -> None:
    """Say it in the conversation's topic, if it has one: for this none is opened."""
    if thread.staff_topic is not None:
        payload = {"content": Content(text=text).to_json(), "buttons": buttons}
        desk.to_staff(thread, OutboxKind.STAFF_NOTICE, payload, once=once)


def _anew(desk: Desk, thread: Thread) -> None:
    """Have the card drawn again, and the thread read again by whoever needs it here."""
    desk.refresh_card(thread)
    desk.forget(thread)
