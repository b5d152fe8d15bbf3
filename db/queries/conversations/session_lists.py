"""Read sessions as lists show them, page by page."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from db.queries.conversations.session_rows import SessionRow, read_sessions
from db.queries.conversations.session_statements import (
    QueryShape,
    SessionFilter,
    build_session_page,
    build_session_scan_end,
)
from db.queries.lists.keyset import PageStart, get_direction, get_page_params
from db.queries.lists.scan_limit import SCAN_LIMIT, TEXT_SCAN_LIMIT, ScannedPage, finish_page
from db.queries.lists.search import build_like_pattern


async def list_sessions(
    tx: AsyncSession, wanted: SessionFilter, *, start: PageStart | None, limit: int
) -> ScannedPage[SessionRow]:
    """Read a page of sessions and one more, newest first unless the filter says otherwise."""
    shape = QueryShape.from_filter(wanted, get_direction(start))
    if not shape.branches:
        return ScannedPage([])
    values = {**_get_params(wanted), **get_page_params(start, limit)}
    values["reach"] = _get_scan_limit(wanted) if shape.needs_scan else limit + 1
    rows = await read_sessions(tx, build_session_page(shape), values)
    # Sorted here: a server would sort 51 rows with texts in a table on its disk.
    rows.sort(key=lambda row: (row.created_at, row.id), reverse=not shape.is_ascending)
    if not shape.needs_scan:
        return ScannedPage(rows)
    return await finish_page(tx, rows, limit, build_session_scan_end(shape), values)


def _get_scan_limit(wanted: SessionFilter) -> int:
    return TEXT_SCAN_LIMIT if wanted.words else SCAN_LIMIT


def _get_params(wanted: SessionFilter) -> dict[str, Any]:
    return {
        "viewer": wanted.viewer,
        "holder": wanted.holder or wanted.viewer,
        "client": wanted.client,
        "channel": wanted.channel,
        "tag": wanted.tag,
        "priority": wanted.priority,
        "sla_state": wanted.sla_state,
        "since": wanted.since,
        "until": wanted.until,
        "words": wanted.words and build_like_pattern(wanted.words),
    }
