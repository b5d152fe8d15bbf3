"""A report as a table: columns, rows, and for each row the sessions behind it."""

import json
from collections.abc import Mapping, Sequence
from csv import writer
from dataclasses import dataclass
from io import StringIO
from typing import Any

from desk.reports.periods import Period

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class ReportTable:
    """The rows of a report; `chosen` has for each row which sessions are behind it."""

    name: str
    period: Period
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    chosen: Sequence[Mapping[str, Any]]


def to_csv(table: ReportTable) -> str:
    """Write a table as CSV, with a head line. No cell can start a formula in a spreadsheet."""
    out = StringIO()
    lines = writer(out)
    lines.writerow(table.columns)
    lines.writerows([[_to_cell(each) for each in row] for row in table.rows])
    return out.getvalue()


def to_json(table: ReportTable) -> str:
    """Write a table as JSON, one object for each row."""
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    days = {"first_day": str(table.period.first), "last_day": str(table.period.last)}
    about = {"report": table.name, **days, "time_zone": table.period.zone.key, "rows": rows}
    return json.dumps(about, ensure_ascii=False, indent=2) + "\n"


def _to_cell(value: Cell) -> Cell:
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return f"'{value}"
    return round(value, 3) if isinstance(value, float) else value
