"""Read clients as lists show them, page by page."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import force_join_order, get_table
from db.ids import AgentId
from db.queries.clients.clients import IS_NOT_MERGED, SELECT_CLIENT, ClientRow
from db.queries.lists.keyset import (
    PageDirection,
    PageStart,
    build_page_by_id,
    get_direction,
    get_page_params,
)
from db.queries.lists.scan_limit import SCAN_LIMIT, ScannedPage, build_scan_end, finish_page
from db.queries.lists.search import build_like_pattern, is_client_named
from db.queries.lists.search_scope import has_few_visible_sessions, is_visible, select_visible_ids
from db.tables import Client, Session

clients = get_table(Client)
sessions = get_table(Session)


@dataclass(frozen=True, slots=True)
class _QueryShape:
    way: PageDirection
    # Whether the list is for one agent, and whether that agent sees few sessions.
    viewer: bool
    few: bool
    words: bool
    phone: bool

    @property
    def needs_scan(self) -> bool:
        return not self.few and not self.phone and (self.viewer or self.words)


async def list_clients(
    tx: AsyncSession,
    *,
    viewer: AgentId | None,
    words: str | None,
    start: PageStart | None,
    limit: int,
    phone: str | None = None,
) -> ScannedPage[ClientRow]:
    """Read a page of clients and one more, newest first.

    `viewer`: only clients that this agent sees, None: all. `words`: in name, username, phone,
    e-mail, or a value of staff's own fields. `phone`: only clients with exactly this number.
    """
    # Few clients have the same number: the index on it is enough for any viewer.
    few = phone is None and viewer is not None and await has_few_visible_sessions(tx, viewer)
    shape = _QueryShape(
        get_direction(start), viewer is not None, few, words is not None, phone is not None
    )
    values = {
        **get_page_params(start, limit),
        "viewer": viewer,
        "words": words and build_like_pattern(words),
    }
    values["phone"] = phone
    values["reach"] = SCAN_LIMIT
    rows = [ClientRow(*tuple(row)) for row in await tx.execute(_build_page(shape), values)]
    return (
        await finish_page(tx, rows, limit, _build_scan_end(shape), values)
        if shape.needs_scan
        else ScannedPage(rows)
    )


@cache
def _build_page(shape: _QueryShape) -> Select[Any]:
    if shape.needs_scan:
        found = _select_scanned(shape).subquery("found")
        statement = SELECT_CLIENT.select_from(found.join(clients, clients.c.id == found.c.id))
        statement = force_join_order(statement)
    elif shape.few:
        seen = select_visible_ids(sessions.c.client_id)
        statement = SELECT_CLIENT.select_from(seen.join(clients, clients.c.id == seen.c.id))
    else:
        statement = SELECT_CLIENT
    return build_page_by_id(statement.where(*_conditions(shape)), clients.c.id, way=shape.way)


@cache
def _build_scan_end(shape: _QueryShape) -> Select[Any]:
    return build_scan_end(_select_scanned(shape))


def _select_scanned(shape: _QueryShape) -> Select[Any]:
    statement = select(clients.c.created_at, clients.c.id)
    return build_page_by_id(statement, clients.c.id, way=shape.way, most="reach")


def _conditions(shape: _QueryShape) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [IS_NOT_MERGED]
    if shape.phone:
        conditions.append(clients.c.phone == bindparam("phone"))
    if shape.words:
        conditions.append(is_client_named())
    if shape.viewer and not shape.few:
        conditions.append(is_visible(sessions.c.client_id, clients.c.id))
    return conditions
