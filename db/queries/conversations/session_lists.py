"""Sessions as lists show them, page by page."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from db.queries.conversations.session_rows import SessionRow, read_sessions
from db.queries.conversations.session_statements import (
    Shape,
    Wanted,
    edge_of_page,
    page_of_sessions,
)
from db.queries.lists.keyset import Start, bound, way_of
from db.queries.lists.scan_limit import REACH, REACH_FOR_WORDS, Found, sifted
from db.queries.lists.search import pattern


async def list_sessions(
    tx: AsyncSession, wanted: Wanted, *, start: Start | None, limit: int
) -> Found[SessionRow]:
    """Read a page of sessions and one more, the newest first unless it is asked otherwise."""
    shape = Shape.of(wanted, way_of(start))
    if not shape.branches:
        return Found([])
    values = {**_values(wanted), **bound(start, limit)}
    values["reach"] = _reach(wanted) if shape.sifts else limit + 1
    rows = await read_sessions(tx, page_of_sessions(shape), values)
    # Here: a server sorts 51 rows with texts in them by way of a table on its disk.
    rows.sort(key=lambda row: (row.created_at, row.id), reverse=not shape.rising)
    if not shape.sifts:
        return Found(rows)
    return await sifted(tx, rows, limit, edge_of_page(shape), values)


def _reach(wanted: Wanted) -> int:
    return REACH_FOR_WORDS if wanted.words else REACH


def _values(wanted: Wanted) -> dict[str, Any]:
    return {
        "eyes": wanted.eyes,
        "holder": wanted.holder or wanted.eyes,
        "client": wanted.client,
        "channel": wanted.channel,
        "since": wanted.since,
        "until": wanted.until,
        "words": wanted.words and pattern(wanted.words),
    }
