"""Merge clients who are one person, and undo merges.

A merged client keeps its row, and its contacts remember it, so that a merge can be undone. A chain
(a into b, b into c) is one person: c, who has all contacts and sessions.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import (
    AgentId,
    ClientId,
    ContactId,
    ConversationId,
    MergeId,
    SessionId,
    new_id,
)
from db.queries.lists.visibility import is_visible_to
from db.tables import Agent, Client, ClientMerge, Contact, Conversation, Session

clients = get_table(Client)
contacts = get_table(Contact)
conversations = get_table(Conversation)
sessions = get_table(Session)
merges = get_table(ClientMerge)
agents = get_table(Agent)


@dataclass(frozen=True, slots=True)
class ClientState:
    """The part of a client that a merge changes."""

    id: ClientId
    name: str
    is_renamed: bool
    phone: str | None
    email: str | None
    avatar_url: str | None
    language: str | None
    note: dict[str, Any] | None
    fields: list[dict[str, str]] | None
    is_blocked: bool
    merged_into_id: ClientId | None


@dataclass(frozen=True, slots=True)
class MergeRow:
    """A merge, with the merged client's name."""

    id: MergeId
    kept_id: ClientId
    merged_id: ClientId
    name: str
    username: str | None
    phone: str | None
    by_name: str | None
    changes: dict[str, Any]
    created_at: datetime
    undone_at: datetime | None


async def find_owner(tx: AsyncSession, telegram_id: str) -> tuple[ClientId, ClientId] | None:
    """Find the client of a Telegram account, and the client it was merged into (or itself).

    Locks both against merges until the transaction ends, so that a contact may be added.
    """
    mine = clients.c.telegram_id == telegram_id
    own = await _read_link(tx, select(*_LINK).where(mine).with_for_update(read=True))
    return None if own is None else (own[0], await _follow_merges(tx, *own, shared=True))


async def find_surviving_client(tx: AsyncSession, client_id: ClientId) -> ClientId | None:
    """Find the client that this client was merged into, or itself; None if it does not exist."""
    own = await _read_link(tx, select(*_LINK).where(clients.c.id == client_id))
    return None if own is None else await _follow_merges(tx, *own)


_LINK = (clients.c.id, clients.c.merged_into_id)


async def _follow_merges(
    tx: AsyncSession, client_id: ClientId, into: ClientId | None, *, shared: bool = False
) -> ClientId:
    while into is not None:
        above = select(*_LINK).where(clients.c.id == into)
        found = await _read_link(tx, above.with_for_update(read=True) if shared else above)
        assert found is not None  # noqa: S101 the reference holds
        client_id, into = found
    return client_id


async def _read_link(tx: AsyncSession, wanted: Any) -> tuple[ClientId, ClientId | None] | None:
    row = (await tx.execute(wanted)).first()
    return None if row is None else (row[0], row[1])


async def lock_clients(tx: AsyncSession, ids: Collection[ClientId]) -> dict[ClientId, ClientState]:
    """Lock and read clients; the caller must have locked their conversations before."""
    columns = (
        clients.c.id,
        clients.c.name,
        clients.c.is_renamed,
        clients.c.phone,
        clients.c.email,
        clients.c.avatar_url,
        clients.c.language,
        clients.c.note,
        clients.c.fields,
        clients.c.is_blocked,
        clients.c.merged_into_id,
    )
    wanted = select(*columns).where(clients.c.id.in_(sorted(ids))).order_by(clients.c.id)
    return {row[0]: ClientState(*tuple(row)) for row in await tx.execute(wanted.with_for_update())}


async def list_conversations(
    tx: AsyncSession, client_ids: Collection[ClientId]
) -> list[ConversationId]:
    """List the conversations of clients, in the order in which they are locked."""
    wanted = (
        select(conversations.c.id)
        .join(contacts, contacts.c.id == conversations.c.contact_id)
        .where(contacts.c.client_id.in_(list(client_ids)))
        .order_by(conversations.c.id)
    )
    return list(await tx.scalars(wanted))


async def find_merged_clients(tx: AsyncSession, client_id: ClientId) -> set[ClientId]:
    """Find all clients that are this one: itself and those merged into it, also in a chain."""
    found, newest = {client_id}, [client_id]
    while newest:
        below = select(clients.c.id).where(clients.c.merged_into_id.in_(newest))
        newest = [each for each in await tx.scalars(below) if each not in found]
        found.update(newest)
    return found


async def move_to_client(tx: AsyncSession, merged: ClientId, kept: ClientId) -> dict[str, Any]:
    """Move a client's contacts and sessions to another client; return what moved."""
    theirs = contacts.c.client_id == merged
    moved = list(await tx.scalars(select(contacts.c.id).where(theirs).order_by(contacts.c.id)))
    # Contacts that came from another client keep that owner. Two statements, because MySQL would
    # read the column that it has just changed.
    own = update(contacts).where(theirs, contacts.c.own_client_id.is_(None))
    await tx.execute(own.values(own_client_id=merged))
    await tx.execute(update(contacts).where(theirs).values(client_id=kept))
    number = await tx.scalar(
        select(func.count()).select_from(sessions).where(sessions.c.client_id == merged)
    )
    await tx.execute(update(sessions).where(sessions.c.client_id == merged).values(client_id=kept))
    await update_client(tx, merged, merged_into_id=kept)
    return {"contacts": moved, "sessions": number or 0}


async def sees_both_sides(
    tx: AsyncSession, merged: ClientId, kept: ClientId, viewer: AgentId
) -> bool:
    """Check whether an agent sees a session on each side of a merge."""
    is_theirs = contacts.c.own_client_id.in_(sorted(await find_merged_clients(tx, merged)))
    for side in (is_theirs, or_(contacts.c.own_client_id.is_(None), ~is_theirs)):
        seen = (
            select(sessions.c.id)
            .join(conversations, conversations.c.id == sessions.c.conversation_id)
            .join(contacts, contacts.c.id == conversations.c.contact_id)
            .where(contacts.c.client_id == kept, side, is_visible_to(sessions, viewer))
            .limit(1)
        )
        if await tx.scalar(seen) is None:
            return False
    return True


async def move_back(tx: AsyncSession, merged: ClientId, kept: ClientId) -> list[ContactId]:
    """Move a client's own contacts and sessions back, also newer ones; return the contact ids."""
    theirs = contacts.c.own_client_id.in_(sorted(await find_merged_clients(tx, merged)))
    wanted = select(contacts.c.id).where(contacts.c.client_id == kept, theirs)
    ids = list(await tx.scalars(wanted.order_by(contacts.c.id)))
    these = contacts.c.id.in_(ids)
    await tx.execute(update(contacts).where(these).values(client_id=merged))
    is_own = contacts.c.own_client_id == merged
    await tx.execute(update(contacts).where(these, is_own).values(own_client_id=None))
    of_these = select(conversations.c.id).where(conversations.c.contact_id.in_(ids))
    for conversation_id in list(await tx.scalars(of_these)):
        said_there = sessions.c.conversation_id == conversation_id
        await tx.execute(update(sessions).where(said_there).values(client_id=merged))
    await update_client(tx, merged, merged_into_id=None)
    return ids


async def update_client(tx: AsyncSession, client_id: ClientId, **changes: Any) -> None:
    """Set columns of a client."""
    await tx.execute(update(clients).where(clients.c.id == client_id).values(**changes))


async def add_merge(
    tx: AsyncSession,
    kept: ClientId,
    merged: ClientId,
    *,
    by: AgentId,
    moved: dict[str, Any],
    changes: dict[str, Any],
    now: datetime,
) -> MergeId:
    """Record a merge of two clients."""
    merge_id = MergeId(new_id())
    await tx.execute(
        insert(merges).values(
            id=merge_id,
            kept_id=kept,
            merged_id=merged,
            by_agent_id=by,
            moved=moved,
            changes=changes,
            created_at=now,
        )
    )
    return merge_id


async def mark_undone(tx: AsyncSession, merge_id: MergeId, now: datetime) -> None:
    """Mark a merge as undone."""
    await tx.execute(update(merges).where(merges.c.id == merge_id).values(undone_at=now))


_READ = (
    select(
        merges.c.id,
        merges.c.kept_id,
        merges.c.merged_id,
        clients.c.name,
        clients.c.username,
        clients.c.phone,
        agents.c.name,
        merges.c.changes,
        merges.c.created_at,
        merges.c.undone_at,
    )
    .join(clients, clients.c.id == merges.c.merged_id)
    .outerjoin(agents, agents.c.id == merges.c.by_agent_id)
)
_HOLDS = merges.c.undone_at.is_(None)


async def find_merge(tx: AsyncSession, merge_id: MergeId) -> MergeRow | None:
    """Read a merge that is not undone."""
    row = (await tx.execute(_READ.where(merges.c.id == merge_id, _HOLDS))).first()
    return MergeRow(*tuple(row)) if row else None


async def list_merges(tx: AsyncSession, client_id: ClientId) -> list[MergeRow]:
    """List the merges into a client that are not undone, oldest first."""
    wanted = _READ.where(merges.c.kept_id == client_id, _HOLDS).order_by(merges.c.id)
    return [MergeRow(*tuple(row)) for row in await tx.execute(wanted)]


async def list_clients_by_phone(
    tx: AsyncSession, phone: str, *, besides: ClientId, most: int
) -> list[ClientId]:
    """List other clients with the same phone number, oldest first."""
    wanted = (
        select(clients.c.id)
        .where(
            clients.c.phone == phone,
            clients.c.id != besides,
            clients.c.merged_into_id.is_(None),
        )
        .order_by(clients.c.id)
        .limit(most)
    )
    return list(await tx.scalars(wanted))


async def list_newest_sessions(
    tx: AsyncSession, conversation_ids: Sequence[ConversationId]
) -> list[SessionId]:
    """List the newest session of each conversation."""
    found: list[SessionId] = []
    for conversation_id in conversation_ids:
        of_this = select(sessions.c.id).where(sessions.c.conversation_id == conversation_id)
        found += await tx.scalars(of_this.order_by(sessions.c.number.desc()).limit(1))
    return found
