"""The studio's two pages as HTML; secrets are masked first."""

import re
from html import escape
from typing import Any

from sqlalchemy import Table

from desk.formatting.masking import mask_secrets

_SECRET_COLUMNS = {"password_hash", "link_code_hash", "token_hash", "family", "credentials"}
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


def render_table(table: Table, rows: list[dict[str, Any]], page: int, *, more: bool) -> str:
    """Return the page that shows one table's rows."""
    names = [column.name for column in table.columns]
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = "".join(
        "<tr>" + "".join(_render_cell(name, row[name]) for name in names) + "</tr>" for row in rows
    )
    links = ['<a href="/">all tables</a>']
    links += [f'<a href="?page={page - 1}">newer</a>'] if page > 1 else []
    links += [f'<a href="?page={page + 1}">older</a>'] if more else []
    return _render_page(
        table.name,
        f"<p>{' · '.join(links)}</p><table><tr>{head}</tr>{body}</table>",
    )


def format_value(column: str, value: Any) -> str:
    """Return a value as text, with secrets hidden."""
    if column in _SECRET_COLUMNS:
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


def _render_cell(column: str, value: Any) -> str:
    if value is None:
        return '<td class="null">null</td>'
    return f"<td>{escape(format_value(column, value))}</td>"


def _render_page(title: str, body: str) -> str:
    return (
        "<!doctype html><html lang=en><meta charset=utf-8>"
        '<meta name=viewport content="width=device-width">'
        f"<title>{escape(title)} · OsmoDesk studio</title><style>{_STYLE}</style>"
        f"<h1>{escape(title)}</h1>{body}</html>"
    )
