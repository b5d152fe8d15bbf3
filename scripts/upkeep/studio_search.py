"""Which rows of a table the studio shows: those with some words, or with one value in a column."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, Enum, String, Table, cast, false, or_

from scripts.upkeep.studio_page import is_secret_column
from scripts.upkeep.studio_values import ValueRefusedError, parse_value

_NULL = "null"


@dataclass(frozen=True, slots=True)
class RowFilter:
    """What the person asked for; empty: everything."""

    # In any column with a text.
    words: str = ""
    # A column and its exact value.
    column: str = ""
    value: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "RowFilter":
        """Read the filter of a page's address."""
        return cls(query.get("q", "").strip(), query.get("column", ""), query.get("value", ""))

    def build_conditions(self, table: Table) -> list[ColumnElement[bool]]:
        """Return the conditions on the rows; a column that nobody may ask for is none."""
        found: list[ColumnElement[bool]] = []
        if self.words:
            matches = [_contains(each, self.words) for each in list_searchable(table)]
            found.append(or_(false(), *matches))
        column = {each.name: each for each in list_searchable(table)}.get(self.column)
        if column is not None:
            found.append(_equals(column, self.value))
        return found


def list_searchable(table: Table) -> list[Column[Any]]:
    """List the columns whose values may be asked for: nobody finds out a secret by asking.

    JSON may have secrets inside.
    """
    return [
        each
        for each in table.columns
        if not is_secret_column(each) and not isinstance(each.type, JSON)
    ]


def _contains(column: Column[Any], words: str) -> ColumnElement[bool]:
    if isinstance(column.type, Enum):
        return cast(column, String).contains(words, autoescape=True)
    if isinstance(column.type, String):
        return column.contains(words, autoescape=True)
    return false()


def _equals(column: Column[Any], text: str) -> ColumnElement[bool]:
    if text.strip().lower() == _NULL:
        return column.is_(None)
    try:
        equal: ColumnElement[bool] = column == parse_value(column, text)
    except ValueRefusedError:
        return false()  # no row has such a value
    return equal
