"""Clients as lists show them, page by page."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import joined_as_written, table_of
from db.ids import AgentId
from db.queries.clients.clients import IS_ONE, READ, ClientRow
from db.queries.lists.keyset import Start, Way, bound, page_shape_by_id, way_of
from db.queries.lists.scan_limit import REACH, Found, last_within_reach, sifted
from db.queries.lists.search import contains, pattern
from db.queries.lists.search_scope import is_seen, seen_things, sees_few
from db.tables import Client, Session

clients = table_of(Client)
sessions = table_of(Session)


@dataclass(frozen=True, slots=True)
class _Shape:
    way: Way
    # Whether somebody's eyes are to see them, and have seen few.
    eyes: bool
    few: bool
    words: bool
    phone: bool

    @property
    def sifts(self) -> bool:
        return not self.few and not self.phone and (self.eyes or self.words)


async def list_clients(
    tx: AsyncSession,
    *,
    eyes: AgentId | None,
    words: str | None,
    start: Start | None,
    limit: int,
    phone: str | None = None,
) -> Found[ClientRow]:
    """Read a page of clients and one more, the newest first; `words`: in name, username, phone.

    `eyes`: those whom this agent sees, None: all. `phone`: those with exactly this number.
    """
    # Few have one number: found by it, whoever asks.
    few = phone is None and eyes is not None and await sees_few(tx, eyes)
    shape = _Shape(way_of(start), eyes is not None, few, words is not None, phone is not None)
    values = {**bound(start, limit), "eyes": eyes, "words": words and pattern(words)}
    values["phone"] = phone
    values["reach"] = REACH
    rows = [ClientRow(*tuple(row)) for row in await tx.execute(_page(shape), values)]
    return await sifted(tx, rows, limit, _last(shape), values) if shape.sifts else Found(rows)


@cache
def _page(shape: _Shape) -> Select[Any]:
    if shape.sifts:
        found = _looked_at(shape).subquery("found")
        statement = READ.select_from(found.join(clients, clients.c.id == found.c.id))
        statement = joined_as_written(statement)
    elif shape.few:
        seen = seen_things(sessions.c.client_id)
        statement = READ.select_from(seen.join(clients, clients.c.id == seen.c.id))
    else:
        statement = READ
    return page_shape_by_id(statement.where(*_conditions(shape)), clients.c.id, way=shape.way)


@cache
def _last(shape: _Shape) -> Select[Any]:
    return last_within_reach(_looked_at(shape))


def _looked_at(shape: _Shape) -> Select[Any]:
    statement = select(clients.c.created_at, clients.c.id)
    return page_shape_by_id(statement, clients.c.id, way=shape.way, most="reach")


def _conditions(shape: _Shape) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [IS_ONE]
    if shape.phone:
        conditions.append(clients.c.phone == bindparam("phone"))
    if shape.words:
        named = (
            contains(column) for column in (clients.c.name, clients.c.username, clients.c.phone)
        )
        conditions.append(or_(*named))
    if shape.eyes and not shape.few:
        conditions.append(is_seen(sessions.c.client_id, clients.c.id))
    return conditions
