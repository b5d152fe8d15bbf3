"""Reports: as JSON, as CSV, as a picture, and the sessions behind each figure."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import structlog
from aiohttp import web

from api.errors.problems import ServiceUnavailable
from api.reports.models import (
    ReportOut,
    ReportQuery,
    ReportRow,
    ReportSessionsQuery,
    SessionFiguresOut,
)
from api.routing.route import PREFIX
from api.routing.transactions import Transactions
from api.schemas.pagination import Cursor, Page, build_page
from db.queries.reports.names import list_people
from db.queries.reports.sessions import list_sessions_of_figure
from db.tables import ConversationMetrics
from desk.reports.drawing import Artist, DrawingError
from desk.reports.periods import DeskZone
from desk.reports.pictures import describe_picture
from desk.reports.reports import REPORTS
from desk.reports.tables import ReportTable, to_csv
from desk.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)

_SESSIONS = f"{PREFIX}/reports/sessions"
_RETRY = 10


async def show_report(uow: UnitOfWork, desk: DeskZone, query: ReportQuery) -> ReportOut:
    """Show a report; each row says where the sessions behind it are listed."""
    table = await _make_table(uow, desk, query)
    about = {each: getattr(query, each) for each in ("channel_id", "agent_id", "tag_id")}
    days = {"first_day": table.period.first, "last_day": table.period.last}
    before = table.period.before()
    return ReportOut(
        report=query.report,
        first_day=table.period.first,
        last_day=table.period.last,
        time_zone=desk.zone.key,
        begin=table.period.begin,
        end=table.period.end,
        before_first_day=before.first,
        before_last_day=before.last,
        columns=list(table.columns),
        rows=[
            ReportRow(cells=list(cells), sessions=_build_link({**days, **about, **chosen}))
            for cells, chosen in zip(table.rows, table.chosen, strict=True)
        ],
    )


def _build_link(chosen: Mapping[str, Any]) -> str:
    parameters = {
        name: "true" if value is True else str(value)
        for name, value in chosen.items()
        if value is not None
    }
    return f"{_SESSIONS}?{urlencode(parameters)}"


async def download_csv(
    transactions: Transactions, desk: DeskZone, query: ReportQuery
) -> web.Response:
    """Download a report as CSV."""
    table = await transactions.run(lambda uow: _make_table(uow, desk, query))
    return _build_file(to_csv(table).encode(), "text/csv", f"{_name_file(table)}.csv")


async def draw_report(
    transactions: Transactions, desk: DeskZone, artist: Artist, query: ReportQuery
) -> web.Response:
    """Draw a report as a picture."""
    table = await transactions.run(lambda uow: _make_table(uow, desk, query))
    try:
        png = await artist.draw(describe_picture(table))
    except DrawingError as error:
        log.warning("report.no_picture", reason=str(error))
        raise ServiceUnavailable("the picture cannot be drawn now", after=_RETRY) from error
    return _build_file(png, "image/png", f"{_name_file(table)}.png")


async def list_sessions(
    uow: UnitOfWork, desk: DeskZone, query: ReportSessionsQuery
) -> Page[SessionFiguresOut]:
    """List the sessions behind a figure with their own figures, the newest first."""
    scope = query.get_question(uow.now, desk.zone).scope
    rows = await list_sessions_of_figure(
        uow.tx, scope, query.get_choice(), start=query.start, limit=query.limit
    )
    people = await list_people(uow.tx, [row.session_id for row in rows])

    def to_schema(row: ConversationMetrics) -> SessionFiguresOut:
        messages = f"{PREFIX}/sessions/{row.session_id}/messages"
        return SessionFiguresOut.from_row(row, people[row.session_id], messages)

    return build_page(rows, query, to_schema, _cursor_of)


async def _make_table(uow: UnitOfWork, desk: DeskZone, query: ReportQuery) -> ReportTable:
    asked = query.get_question(uow.now, desk.zone, query.by)
    return await REPORTS[query.report](uow.tx, asked)


def _name_file(table: ReportTable) -> str:
    return f"{table.name}-{table.period.first}-{table.period.last}"


def _build_file(body: bytes, content_type: str, name: str) -> web.Response:
    return web.Response(
        body=body,
        content_type=content_type,
        charset="utf-8" if content_type == "text/csv" else None,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _cursor_of(row: ConversationMetrics) -> Cursor:
    return Cursor(row.opened_at, row.session_id)
