"""Clients who are one person: who was joined to whom, and what moves by it.

A client who is joined to another keeps their row, and their contacts remember them, so that all of
it can be put back. A chain (a to b, b to c) is one person: c, whose contacts and sessions are all.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import table_of
from db.ids import AgentId, ClientId, ContactId, ConversationId, JoinId, SessionId, new_id
from db.tables import Agent, Client, ClientJoin, Contact, Conversation, Session

clients = table_of(Client)
contacts = table_of(Contact)
conversations = table_of(Conversation)
sessions = table_of(Session)
joins = table_of(ClientJoin)
agents = table_of(Agent)


@dataclass(frozen=True, slots=True)
class Self:
    """What a client is by themselves, as far as joining changes it."""

    id: ClientId
    name: str
    is_renamed: bool
    phone: str | None
    language: str | None
    is_blocked: bool
    joined_into_id: ClientId | None


@dataclass(frozen=True, slots=True)
class JoinRow:
    """That a client was joined to another, with the other's name."""

    id: JoinId
    kept_id: ClientId
    joined_id: ClientId
    name: str
    username: str | None
    phone: str | None
    by_name: str | None
    changes: dict[str, Any]
    created_at: datetime
    undone_at: datetime | None


async def owner_of(tx: AsyncSession, telegram_id: str) -> tuple[ClientId, ClientId] | None:
    """Find the client of a Telegram account, and who they are joined to, or the same again.

    Nobody is joined to anybody else until the transaction ends: a contact may be added.
    """
    mine = clients.c.telegram_id == telegram_id
    own = await _one(tx, select(*_LINK).where(mine).with_for_update(read=True))
    return None if own is None else (own[0], await _up(tx, *own, shared=True))


async def kept_one(tx: AsyncSession, client_id: ClientId) -> ClientId | None:
    """Tell who a client is by now: whom they are joined to, or themselves; None: nobody."""
    own = await _one(tx, select(*_LINK).where(clients.c.id == client_id))
    return None if own is None else await _up(tx, *own)


_LINK = (clients.c.id, clients.c.joined_into_id)


async def _up(
    tx: AsyncSession, client_id: ClientId, into: ClientId | None, *, shared: bool = False
) -> ClientId:
    while into is not None:
        above = select(*_LINK).where(clients.c.id == into)
        found = await _one(tx, above.with_for_update(read=True) if shared else above)
        assert found is not None  # noqa: S101 the reference holds
        client_id, into = found
    return client_id


async def _one(tx: AsyncSession, wanted: Any) -> tuple[ClientId, ClientId | None] | None:
    row = (await tx.execute(wanted)).first()
    return None if row is None else (row[0], row[1])


async def lock(tx: AsyncSession, ids: Collection[ClientId]) -> dict[ClientId, Self]:
    """Lock and read clients; to be done after their conversations were locked."""
    columns = (
        clients.c.id,
        clients.c.name,
        clients.c.is_renamed,
        clients.c.phone,
        clients.c.language,
        clients.c.is_blocked,
        clients.c.joined_into_id,
    )
    wanted = select(*columns).where(clients.c.id.in_(sorted(ids))).order_by(clients.c.id)
    return {row[0]: Self(*tuple(row)) for row in await tx.execute(wanted.with_for_update())}


async def conversations_of(
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


async def family(tx: AsyncSession, client_id: ClientId) -> set[ClientId]:
    """Tell who all is this client: themselves, those joined to them, those joined to these."""
    found, newest = {client_id}, [client_id]
    while newest:
        below = select(clients.c.id).where(clients.c.joined_into_id.in_(newest))
        newest = [each for each in await tx.scalars(below) if each not in found]
        found.update(newest)
    return found


async def move_in(tx: AsyncSession, joined: ClientId, kept: ClientId) -> dict[str, Any]:
    """Have a client's contacts and sessions be another's; tells what moved."""
    theirs = contacts.c.client_id == joined
    moved = list(await tx.scalars(select(contacts.c.id).where(theirs).order_by(contacts.c.id)))
    # What is another's by itself already stays theirs: two statements, because MySQL would look at
    # the column that it has just changed.
    own = update(contacts).where(theirs, contacts.c.own_client_id.is_(None))
    await tx.execute(own.values(own_client_id=joined))
    await tx.execute(update(contacts).where(theirs).values(client_id=kept))
    number = await tx.scalar(
        select(func.count()).select_from(sessions).where(sessions.c.client_id == joined)
    )
    await tx.execute(update(sessions).where(sessions.c.client_id == joined).values(client_id=kept))
    await change(tx, joined, joined_into_id=kept)
    return {"contacts": moved, "sessions": number or 0}


async def move_out(tx: AsyncSession, joined: ClientId, kept: ClientId) -> list[ContactId]:
    """Give a client back what is theirs by itself, also what came since; tells which contacts."""
    theirs = contacts.c.own_client_id.in_(sorted(await family(tx, joined)))
    wanted = select(contacts.c.id).where(contacts.c.client_id == kept, theirs)
    ids = list(await tx.scalars(wanted.order_by(contacts.c.id)))
    these = contacts.c.id.in_(ids)
    await tx.execute(update(contacts).where(these).values(client_id=joined))
    is_own = contacts.c.own_client_id == joined
    await tx.execute(update(contacts).where(these, is_own).values(own_client_id=None))
    of_these = select(conversations.c.id).where(conversations.c.contact_id.in_(ids))
    for conversation_id in list(await tx.scalars(of_these)):
        said_there = sessions.c.conversation_id == conversation_id
        await tx.execute(update(sessions).where(said_there).values(client_id=joined))
    await change(tx, joined, joined_into_id=None)
    return ids


async def change(tx: AsyncSession, client_id: ClientId, **changes: Any) -> None:
    """Set columns of a client."""
    await tx.execute(update(clients).where(clients.c.id == client_id).values(**changes))


async def keep(
    tx: AsyncSession,
    kept: ClientId,
    joined: ClientId,
    *,
    by: AgentId,
    moved: dict[str, Any],
    changes: dict[str, Any],
    now: datetime,
) -> JoinId:
    """Write down that two clients were joined."""
    join_id = JoinId(new_id())
    await tx.execute(
        insert(joins).values(
            id=join_id,
            kept_id=kept,
            joined_id=joined,
            by_agent_id=by,
            moved=moved,
            changes=changes,
            created_at=now,
        )
    )
    return join_id


async def undo(tx: AsyncSession, join_id: JoinId, now: datetime) -> None:
    """Write down that a join holds no more."""
    await tx.execute(update(joins).where(joins.c.id == join_id).values(undone_at=now))


_READ = (
    select(
        joins.c.id,
        joins.c.kept_id,
        joins.c.joined_id,
        clients.c.name,
        clients.c.username,
        clients.c.phone,
        agents.c.name,
        joins.c.changes,
        joins.c.created_at,
        joins.c.undone_at,
    )
    .join(clients, clients.c.id == joins.c.joined_id)
    .outerjoin(agents, agents.c.id == joins.c.by_agent_id)
)
_HOLDS = joins.c.undone_at.is_(None)


async def one(tx: AsyncSession, join_id: JoinId) -> JoinRow | None:
    """Read a join that holds."""
    row = (await tx.execute(_READ.where(joins.c.id == join_id, _HOLDS))).first()
    return JoinRow(*tuple(row)) if row else None


async def joins_of(tx: AsyncSession, client_id: ClientId) -> list[JoinRow]:
    """List the joins to a client that hold, the oldest first."""
    wanted = _READ.where(joins.c.kept_id == client_id, _HOLDS).order_by(joins.c.id)
    return [JoinRow(*tuple(row)) for row in await tx.execute(wanted)]


async def with_phone(
    tx: AsyncSession, phone: str, *, besides: ClientId, most: int
) -> list[ClientId]:
    """List others with the same phone number, the oldest first."""
    wanted = (
        select(clients.c.id)
        .where(
            clients.c.phone == phone,
            clients.c.id != besides,
            clients.c.joined_into_id.is_(None),
        )
        .order_by(clients.c.id)
        .limit(most)
    )
    return list(await tx.scalars(wanted))


async def newest_sessions(
    tx: AsyncSession, conversation_ids: Sequence[ConversationId]
) -> list[SessionId]:
    """Give the newest session of each conversation."""
    found: list[SessionId] = []
    for conversation_id in conversation_ids:
        of_this = select(sessions.c.id).where(sessions.c.conversation_id == conversation_id)
        found += await tx.scalars(of_this.order_by(sessions.c.number.desc()).limit(1))
    return found
