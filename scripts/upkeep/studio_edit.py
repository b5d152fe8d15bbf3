"""Change one row in the studio, if the person asked for that with --write."""

import json
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from aiohttp import web
from sqlalchemy import JSON, Column, Table, select, update
from sqlalchemy.exc import DBAPIError

from db.copying.checksums import Checksum
from db.copying.rows import RowKey, encode_key
from db.database import Database, Transaction
from db.errors import describe_error
from db.tables import metadata
from desk.actors import CONSOLE
from desk.audit import record
from scripts.upkeep.studio_page import is_secret_column, render_form
from scripts.upkeep.studio_values import ValueRefusedError, format_for_editing, parse_value

# Fields of the form that are no columns; no column begins so.
TOKEN, SEEN, IS_NULL = "studio-token", "studio-seen", "studio-null-"
Row = dict[str, Any]


def list_editable(table: Table) -> list[Column[Any]]:
    """List the columns that can be changed: no keys, no secrets, nothing that is calculated."""
    return [
        each
        for each in table.columns
        if not (each.primary_key or each.computed is not None or is_secret_column(each))
        and not (isinstance(each.type, JSON) and each.name in {"settings", "credentials"})
    ]


class RowEditor:
    """Shows the form of a row, and writes what comes back from it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # Only our own page knows it: another page in the browser cannot send the form.
        self._token = secrets.token_urlsafe()

    async def show(self, request: web.Request) -> web.Response:
        """Show the form of a row."""
        table, key = _read_address(request)
        async with self._database.transaction() as tx:
            row = await _find(tx, table, key)
        return self._render(table, key, row, "")

    async def save(self, request: web.Request) -> web.Response:
        """Write the changed columns of a row, unless somebody changed the row meanwhile."""
        table, key = _read_address(request)
        form = {name: str(value) for name, value in (await request.post()).items()}
        if not secrets.compare_digest(form.get(TOKEN, "").encode(), self._token.encode()):
            raise web.HTTPForbidden(text="This form is not the studio's.\n")
        try:
            values = _parse_form(table, form)
            await self._database.run(lambda tx: _write(tx, table, key, values, form.get(SEEN, "")))
        except ValueRefusedError as error:
            return await self._refuse(table, key, str(error))
        except DBAPIError as error:
            return await self._refuse(
                table, key, f"The database refuses it: {describe_error(error)}"
            )
        raise web.HTTPSeeOther(f"/{table.name}")

    async def _refuse(self, table: Table, key: RowKey, reason: str) -> web.Response:
        async with self._database.transaction() as tx:
            row = await _find(tx, table, key)
        response = self._render(table, key, row, f"Nothing was changed. {reason}")
        response.set_status(422)
        return response

    def _render(self, table: Table, key: RowKey, row: Row, message: str) -> web.Response:
        fields = {
            each.name: None if row[each.name] is None else format_for_editing(row[each.name])
            for each in list_editable(table)
        }
        nullable = {each.name for each in list_editable(table) if each.nullable}
        hidden = {TOKEN: self._token, SEEN: str(Checksum().add(row))}
        page = render_form(
            f"{table.name} {' '.join(map(str, key))}", fields, nullable, hidden, message
        )
        return web.Response(text=page, content_type="text/html")


def build_edit_address(table: Table, row: Row) -> str:
    """Return the path and query of a row's form, not escaped for a page."""
    key = tuple(row[column.name] for column in table.primary_key.columns)
    return f"/{table.name}/edit?key={quote(encode_key(key))}"


def _read_address(request: web.Request) -> tuple[Table, RowKey]:
    table = metadata.tables.get(request.match_info["table"])
    try:
        key = json.loads(request.query.get("key", ""))
    except ValueError:
        key = None
    if (
        table is None
        or not isinstance(key, list)
        or len(key) != len(table.primary_key.columns)
        or not all(isinstance(each, str | int) for each in key)
    ):
        raise web.HTTPNotFound(text="There is no such row.\n")
    return table, tuple(key)


async def _find(tx: Transaction, table: Table, key: RowKey) -> Row:
    columns = zip(table.primary_key.columns, key, strict=True)
    wanted = select(table).where(*(column == value for column, value in columns))
    found = (await tx.execute(wanted.with_for_update())).mappings().first()
    if found is None:
        raise web.HTTPNotFound(text="There is no such row.\n")
    return dict(found)


def _parse_form(table: Table, form: Mapping[str, str]) -> Row:
    values: Row = {}
    for column in list_editable(table):
        if f"{IS_NULL}{column.name}" in form and column.nullable:
            values[column.name] = None
        elif column.name in form:
            values[column.name] = parse_value(column, form[column.name])
    return values


async def _write(tx: Transaction, table: Table, key: RowKey, values: Row, seen: str) -> None:
    row = await _find(tx, table, key)
    if str(Checksum().add(row)) != seen:
        raise ValueRefusedError("Somebody changed this row meanwhile: look at it again.")
    changed = {name: value for name, value in values.items() if value != row[name]}
    if not changed:
        return
    columns = zip(table.primary_key.columns, key, strict=True)
    await tx.execute(
        update(table).where(*(column == value for column, value in columns)).values(changed)
    )
    subject = f"{table.name}:{' '.join(map(str, key))}"
    await record(tx, CONSOLE, "studio.changed", subject, {"columns": sorted(changed)})
