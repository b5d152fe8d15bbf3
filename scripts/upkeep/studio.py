"""Pages that show the tables, on this machine only; rows can be changed only if asked for."""

from typing import Any

from aiohttp import web
from sqlalchemy import Table, func, select

from db.database import Database
from db.tables import metadata
from desk.urls.private import is_loopback
from scripts.upkeep.studio_edit import RowEditor, build_edit_address
from scripts.upkeep.studio_page import TablePage, render_overview, render_table
from scripts.upkeep.studio_search import RowFilter, list_searchable

_ROWS = 50
_DATABASE = web.AppKey("database", Database)
_IS_WRITABLE = web.AppKey("is_writable", bool)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"
# The parts of an address that are the filter.
_FILTER = ("q", "column", "value")


def build_studio(database: Database, *, is_writable: bool = False) -> web.Application:
    """Build the pages' application, which closes the database when it ends."""
    app = web.Application(middlewares=[_require_localhost])
    app[_DATABASE], app[_IS_WRITABLE] = database, is_writable
    app.router.add_get("/", _show_tables)
    app.router.add_get("/{table}", _show_rows)
    if is_writable:
        editor = RowEditor(database)
        app.router.add_get("/{table}/edit", editor.show)
        app.router.add_post("/{table}/edit", editor.save)
    app.on_cleanup.append(_close)
    return app


@web.middleware
async def _require_localhost(request: web.Request, handler: Any) -> web.StreamResponse:
    # A foreign page can point its own host name at this machine, but the browser still sends that
    # name.
    if not is_loopback(request.url.host or ""):
        raise web.HTTPForbidden(text="The studio answers only on localhost.\n")
    response: web.StreamResponse = await handler(request)
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Frame-Options"] = "DENY"
    return response


async def _show_tables(request: web.Request) -> web.Response:
    async with request.app[_DATABASE].transaction() as tx:
        counts = {
            name: int((await tx.execute(select(func.count()).select_from(table))).scalar_one())
            for name, table in sorted(metadata.tables.items())
        }
    return _html_response(render_overview(str(request.app[_DATABASE].address), counts))


async def _show_rows(request: web.Request) -> web.Response:
    table = metadata.tables.get(request.match_info["table"])
    if table is None:
        raise web.HTTPNotFound(text="There is no such table.\n")
    wanted = request.query.get("page", "1")
    page = max(1, int(wanted)) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else 1  # noqa: PLR2004 more digits than any table has pages
    conditions = RowFilter.from_query(request.query).build_conditions(table)
    async with request.app[_DATABASE].transaction() as tx:
        found = await tx.execute(
            _select_newest_first(table)
            .where(*conditions)
            .limit(_ROWS + 1)
            .offset((page - 1) * _ROWS)
        )
        rows = [dict(row._mapping) for row in found]  # noqa: SLF001 SQLAlchemy's public name for it
    shown = rows[:_ROWS]
    edits = [build_edit_address(table, row) for row in shown]
    return _html_response(
        render_table(
            TablePage(
                table,
                shown,
                page,
                has_more=len(rows) > _ROWS,
                query={name: request.query[name] for name in _FILTER if request.query.get(name)},
                searchable=[each.name for each in list_searchable(table)],
                edit_addresses=edits if request.app[_IS_WRITABLE] else [],
            )
        )
    )


def _select_newest_first(table: Table) -> Any:
    # ULIDs and queue ids grow with time.
    return select(table).order_by(*(column.desc() for column in table.primary_key))


def _html_response(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/html")


async def _close(app: web.Application) -> None:
    await app[_DATABASE].close()
