"""The studio's pages as HTML; secrets are masked first."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Column, Table

from db.tables.base import ENCRYPTED
from desk.formatting.masking import mask_secrets

_SECRET_COLUMNS = re.compile(r"^(family|secret|credentials)$|_hash$")
_SECRET_KEYS = re.compile(r"token|secret|password|api_?key|credential", re.IGNORECASE)
_LONGEST = 300
_HIDDEN = "•••"
_STYLE = """
body { font: 14px/1.4 system-ui, sans-serif; margin: 1.5rem; color: #1c2733; background: #fff }
a { color: #0b6bcb; text-decoration: none } table { border-collapse: collapse; margin-top: 1rem }
th, td { text-align: left; vertical-align: top; padding: .3rem .7rem; max-width: 28rem;
  border-bottom: 1px solid #e3e8ee; overflow-wrap: anywhere } th { background: #f5f7fa }
.null { color: #9aa7b4 } .number { text-align: right }
@media (prefers-color-scheme: dark) { body { color: #dde5ed; background: #15202b }
  th { background: #1d2a38 } th, td { border-color: #2c3b4b } a { color: #6cb6ff } }
"""


def render_overview(address: str, counts: dict[str, int]) -> str:
    """Return the page that lists the tables."""
    rows = "".join(
        f'<tr><td><a href="/{escape(name)}">{escape(name)}</a></td>'
        f'<td class="number">{count}</td></tr>'
        for name, count in counts.items()
    )
    head = "<tr><th>Table</th><th>Rows</th></tr>"
    return _render_page("Tables", f"<p>{escape(address)}</p><table>{head}{rows}</table>")


def is_secret_column(column: Column[Any]) -> bool:
    """Check whether the values of a column are never shown."""
    return ENCRYPTED in column.info or _SECRET_COLUMNS.search(column.name) is not None


@dataclass(frozen=True, slots=True)
class TablePage:
    """What a page shows of a table."""

    table: Table
    rows: list[dict[str, Any]]
    number: int
    has_more: bool
    # The filter, as in the page's address.
    query: dict[str, str]
    # The columns that can be asked for.
    searchable: list[str]
    # Where each row can be changed; empty: nothing can be.
    edit_addresses: list[str]


def render_table(page: TablePage) -> str:
    """Return the page that shows one table's rows, with a form to look for some."""
    columns = list(page.table.columns)
    head = "<th></th>" * bool(page.edit_addresses)
    head += "".join(f"<th>{escape(column.name)}</th>" for column in columns)
    edits = [f'<td><a href="{escape(each)}">change</a></td>' for each in page.edit_addresses]
    body = "".join(
        f"<tr>{edit}{''.join(_render_cell(column, row[column.name]) for column in columns)}</tr>"
        for edit, row in zip(edits or [""] * len(page.rows), page.rows, strict=True)
    )
    links = ['<a href="/">all tables</a>']
    links += [_render_link(page, page.number - 1, "newer")] if page.number > 1 else []
    links += [_render_link(page, page.number + 1, "older")] if page.has_more else []
    return _render_page(
        page.table.name,
        f"<p>{' · '.join(links)}</p>{_render_search(page)}<table><tr>{head}</tr>{body}</table>",
    )


def _render_link(page: TablePage, number: int, words: str) -> str:
    query = urlencode({**page.query, "page": number})
    return f'<a href="?{escape(query)}">{words}</a>'


def _render_search(page: TablePage) -> str:
    chosen = page.query.get("column")
    options = "".join(
        f"<option{' selected' * (name == chosen)}>{escape(name)}</option>"
        for name in ["", *page.searchable]
    )
    words, value = (escape(page.query.get(name, "")) for name in ("q", "value"))
    return (
        f'<form><label>Words in any column <input name=q value="{words}"></label> '
        f"<label>and <select name=column>{options}</select></label> "
        f'<label>= <input name=value value="{value}"></label> <button>Show</button></form>'
    )


def render_form(
    title: str,
    fields: Mapping[str, str | None],
    nullable: Collection[str],
    hidden: Mapping[str, str],
    message: str,
) -> str:
    """Return the page with the form of a row; a field without a value is null."""
    inputs = "".join(
        f'<input type=hidden name="{escape(name)}" value="{escape(value)}">'
        for name, value in hidden.items()
    )
    rows = ""
    for name, value in fields.items():
        # A browser leaves out the first line break of a text area.
        text = f"<textarea name={escape(name)} rows=1 cols=60>\n{escape(value or '')}</textarea>"
        checked = " checked" * (value is None)
        null = f"<label><input type=checkbox name=studio-null-{escape(name)}{checked}> null</label>"
        rows += f"<tr><th>{escape(name)}</th><td>{text} {null * (name in nullable)}</td></tr>"
    return _render_page(
        title,
        f"<p>{escape(message)}</p><form method=post>{inputs}<table>{rows}</table>"
        "<p><button>Save</button></p></form>",
    )


def format_value(column: str, value: Any) -> str:
    """Return a value as text, with secrets hidden."""
    if _SECRET_COLUMNS.search(column):
        return _HIDDEN
    text = mask_secrets(str(_hide_secrets(value)))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _hide_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _HIDDEN if _SECRET_KEYS.search(str(key)) else _hide_secrets(each)
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [_hide_secrets(each) for each in value]
    return value


def _render_cell(column: Column[Any], value: Any) -> str:
    if value is None:
        return '<td class="null">null</td>'
    shown = _HIDDEN if is_secret_column(column) else format_value(column.name, value)
    return f"<td>{escape(shown)}</td>"


def _render_page(title: str, body: str) -> str:
    return (
        "<!doctype html><html lang=en><meta charset=utf-8>"
        '<meta name=viewport content="width=device-width">'
        f"<title>{escape(title)} · OsmoDesk studio</title><style>{_STYLE}</style>"
        f"<h1>{escape(title)}</h1>{body}</html>"
    )
