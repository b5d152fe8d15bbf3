"""Merge two clients that staff knows to be one person, and undo a merge.

Conversations, topics and sessions stay as they are, each on its channel; only the client that they
belong to changes. Locks are taken as everywhere: conversations first, in their order, then clients.
"""

from collections.abc import Collection
from typing import Any

from db.ids import ClientId, MergeId, new_id
from db.queries.clients import merging as queries
from db.queries.clients.clients import find_client
from db.queries.clients.merging import ClientState, MergeRow
from db.queries.conversations.threads import Thread
from desk.actors import AgentActor
from desk.audit import add_entry
from desk.clients.profile import join_fields, join_notes
from desk.conversations.notices import notify_open_topic
from desk.conversations.threads import find_thread
from desk.events import ClientChanged, SessionClientChanged
from desk.lanes import notice_key
from desk.unit_of_work import UnitOfWork


class MergeError(Exception):
    """A merge that is not possible now; the text says why and what to do."""


class ClientNotFoundError(MergeError):
    """There is no such client, or no such merge."""


async def can_merge(uow: UnitOfWork, agent: AgentActor, *client_ids: ClientId) -> bool:
    """Check whether an agent may merge these clients: an administrator, or one who sees all."""
    if agent.is_admin:
        return True
    for client_id in client_ids:
        kept = await queries.find_surviving_client(uow.tx, client_id)
        if kept is None or await find_client(uow.tx, kept, viewer=agent.agent_id) is None:
            return False
    return True


async def can_unmerge(uow: UnitOfWork, agent: AgentActor, merge: MergeRow) -> bool:
    """Check whether an agent may undo a merge: an administrator, or one who sees both sides.

    The merged client alone says nothing: who sees one side of it sees that client.
    """
    if agent.is_admin:
        return True
    kept = await queries.find_surviving_client(uow.tx, merge.kept_id)
    return kept is not None and await queries.sees_both_sides(
        uow.tx, merge.merged_id, kept, agent.agent_id
    )


async def merge(uow: UnitOfWork, kept: ClientId, other: ClientId, *, by: AgentActor) -> ClientId:
    """Merge `other` into `kept` (or the clients that they are merged into); return who is kept.

    The name is that of the kept client, unless staff renamed only the other one. A phone number,
    e-mail address, picture or language that the kept client lacks comes from the other. It gets the
    note and the own fields of both. The result
    is blocked if either of them was blocked, so that a blocked person cannot return through another
    channel. If they are merged already, nothing changes. Raises MergeError.
    """
    kept, other = await _resolve_merged(uow, kept, other)
    threads, found = await _lock_both(uow, kept, other)
    if kept == other or kept == found[other].merged_into_id:
        return kept
    if found[kept].merged_into_id == other:
        return other
    if found[kept].merged_into_id or found[other].merged_into_id:
        raise MergeError(
            "one of these clients was merged into another one just now: load them again"
        )
    comes = [each for each in threads if each.client_id == other]
    changes = _plan_changes(found[kept], found[other])
    await _apply(uow, kept, {field: after for field, (_, after) in changes.items()})
    moved = await queries.move_to_client(uow.tx, other, kept)
    merge_id = await queries.add_merge(
        uow.tx, kept, other, by=by.agent_id, moved=moved, changes=changes, now=uow.now
    )
    add_entry(uow, by, "client.join", kept, {"join": merge_id, "joined": other, **moved})
    await _add_events(uow, comes, kept, other)
    undo = [{"text": uow.text_for_staff("topic.unmerge"), "data": f"unjoin:{merge_id}"}]
    for thread in threads:
        another = found[other if thread.client_id == kept else kept]
        text = uow.text_for_staff("topic.merged", agent=by.name, name=another.name)
        dedup_key = _notice_key(threads, another.id)
        notify_open_topic(uow, thread, text, buttons=[undo], dedup_key=dedup_key)
        _refresh(uow, thread)
    return kept


async def unmerge(uow: UnitOfWork, merge_id: MergeId, *, by: AgentActor) -> MergeRow:
    """Undo a merge: each client gets back what is theirs, with all that came since.

    Values that the kept client took from the other are removed, unless somebody has changed them
    since. If somebody blocked or unblocked the merged client since, that holds for both. Raises
    MergeError.
    """
    row = await _get_merge(uow, merge_id)
    kept, other = row.kept_id, row.merged_id
    threads, found = await _lock_both(uow, kept, other)
    row = await _get_merge(uow, merge_id)
    if found[kept].merged_into_id is not None:
        raise MergeError("the kept client was merged into another one since: undo that merge first")
    before, both = _plan_undo(found[kept], row.changes)
    await _apply(uow, kept, before)
    await _apply(uow, other, both)
    contacts = await queries.move_back(uow.tx, other, kept)
    await queries.mark_undone(uow.tx, merge_id, uow.now)
    details = {"join": merge_id, "joined": other, "contacts": contacts}
    add_entry(uow, by, "client.take_apart", kept, details)
    gone = [each for each in threads if each.contact_id in contacts]
    await _add_events(uow, gone, other, kept)
    for thread in threads:
        notify_open_topic(uow, thread, uow.text_for_staff("topic.unmerged", agent=by.name))
        _refresh(uow, thread)
    return row


async def _get_merge(uow: UnitOfWork, merge_id: MergeId) -> MergeRow:
    row = await queries.find_merge(uow.tx, merge_id)
    if row is None:
        raise ClientNotFoundError
    return row


async def _resolve_merged(
    uow: UnitOfWork, kept: ClientId, other: ClientId
) -> tuple[ClientId, ClientId]:
    found = [await queries.find_surviving_client(uow.tx, each) for each in (kept, other)]
    if found[0] is None or found[1] is None:
        raise ClientNotFoundError
    return found[0], found[1]


async def _lock_both(
    uow: UnitOfWork, kept: ClientId, other: ClientId
) -> tuple[list[Thread], dict[ClientId, ClientState]]:
    """Lock both clients with all their conversations; raise ClientNotFoundError.

    A conversation that began meanwhile is locked last, because it could not be known before.
    """
    both = {kept, other}
    threads = await _load_threads(uow, both)
    found = await queries.lock_clients(uow.tx, both)
    if found.keys() != both:
        raise ClientNotFoundError
    more = await _load_threads(uow, both, besides={each.conversation_id for each in threads})
    return [*threads, *more], found


async def _load_threads(
    uow: UnitOfWork, client_ids: Collection[ClientId], besides: Collection[str] = ()
) -> list[Thread]:
    ids = await queries.list_conversations(uow.tx, client_ids)
    found = [await find_thread(uow, each) for each in ids if each not in besides]
    return [thread for thread in found if thread is not None]


def _plan_changes(kept: ClientState, other: ClientState) -> dict[str, Any]:
    """Return the changes to the kept client: field → [before, after]."""
    changes: dict[str, Any] = {"is_blocked": [kept.is_blocked, kept.is_blocked or other.is_blocked]}
    for field in ("phone", "email", "avatar_url", "language"):
        mine, theirs = getattr(kept, field), getattr(other, field)
        if mine is None and theirs is not None:
            changes[field] = [None, theirs]
    for field, both in (
        ("note", join_notes(kept.note, other.note)),
        ("fields", join_fields(kept.fields, other.fields)),
    ):
        if both != getattr(kept, field):
            changes[field] = [getattr(kept, field), both]
    if other.is_renamed and not kept.is_renamed:
        changes["name"] = [kept.name, other.name]
        changes["is_renamed"] = [False, True]
    return changes


def _plan_undo(kept: ClientState, changes: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what to set on the kept client, and what on the other."""
    before = {
        field: was for field, (was, after) in changes.items() if getattr(kept, field) == after
    }
    # staff renamed the client since: that name stays, as one given by staff
    if "name" not in before:
        before.pop("is_renamed", None)
    decided_since = "is_blocked" not in before
    return before, {"is_blocked": kept.is_blocked} if decided_since else {}


async def _apply(uow: UnitOfWork, client_id: ClientId, values: dict[str, Any]) -> None:
    if values:
        await queries.update_client(uow.tx, client_id, **values)
        uow.events.add(ClientChanged(client_id))


async def _add_events(
    uow: UnitOfWork, moved: list[Thread], now_of: ClientId, was_of: ClientId
) -> None:
    """Add an event for the newest session of each conversation that changed its client."""
    ids = [each.conversation_id for each in moved]
    for session_id in await queries.list_newest_sessions(uow.tx, ids):
        uow.events.add(SessionClientChanged(session_id, now_of, was_of))


def _notice_key(threads: list[Thread], client_id: ClientId) -> str | None:
    """Return a key under which an erasure finds a notice that names another client."""
    theirs = (each.conversation_id for each in threads if each.client_id == client_id)
    return next((notice_key(each, new_id()) for each in theirs), None)


def _refresh(uow: UnitOfWork, thread: Thread) -> None:
    """Refresh the card, and drop the thread so that it is read again."""
    uow.refresh_card(thread)
    uow.drop_thread(thread)
