"""Read sessions as lists show them, page by page."""

from collections.abc import Sequence
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
    params = {**_get_params(wanted), **get_page_params(start, limit)}
    page: ScannedPage[SessionRow] = ScannedPage([])
    for reach in _list_reaches(shape, limit):
        values = {**params, "reach": reach}
        rows = await read_sessions(tx, build_session_page(shape), values)
        # Sorted here: a server would sort 51 rows with texts in a table on its disk.
        rows.sort(key=lambda row: (row.created_at, row.id), reverse=not shape.is_ascending)
        if not shape.needs_scan:
            return ScannedPage(rows)
        page = await finish_page(tx, rows, limit, build_session_scan_end(shape), values)
        if page.scan_end is None:
            break
    return page


def _list_reaches(shape: QueryShape, limit: int) -> Sequence[int]:
    """List how many sessions to scan: so many, and if the page is not full then, so many."""
    if not shape.needs_scan:
        return [limit + 1]
    most = TEXT_SCAN_LIMIT if shape.words else SCAN_LIMIT
    if shape.matches_few:
        return [most]
    # Archived conversations are old: most of what a page comes to is not archived.
    return [2 * (limit + 1), most]


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
