"""Describe a report as a picture: pure, without the plotting library (desk/reports/drawing.py)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from desk.business_hours import WEEKDAYS
from desk.reports.tables import ReportTable

_HOURS = 24
_MINUTE = 60
# A picture of more rows cannot be read.
_MOST_ROWS = 62
# The first of these columns that a report has is drawn, one bar for each.
_DRAWN = (
    ("p50_seconds", "p90_seconds"),
    ("inbound", "human", "ai"),
    ("value", "before"),
    ("count",),
    ("rating",),
)


@dataclass(frozen=True, slots=True)
class Picture:
    """What to draw: cells in the colour of their number, or bars of several series."""

    title: str
    # Of the bars, or of the rows of cells.
    labels: Sequence[str] = ()
    series: Mapping[str, Sequence[float]] = field(default_factory=dict)
    cells: Sequence[Sequence[float]] = ()
    unit: str = ""
    # Stands there if there is nothing to draw.
    nothing: str = "no figures"


def describe_picture(table: ReportTable) -> Picture:
    """Describe the picture of a report."""
    period = table.period
    title = f"{table.name.replace('_', ' ')}, {period.first} to {period.last}"
    if table.name == "volume":
        return _describe_heat_map(title, table)
    return _describe_bars(title, table)


def _describe_heat_map(title: str, table: ReportTable) -> Picture:
    values = _list_numbers(table, "messages", table.rows)
    days = [values[day * _HOURS : (day + 1) * _HOURS] for day in range(len(WEEKDAYS))]
    names = [day.title() for day in WEEKDAYS]
    return Picture(title, names, cells=days, unit="messages from customers, by local time")


def _describe_bars(title: str, table: ReportTable) -> Picture:
    names = next((each for each in _DRAWN if set(each) <= set(table.columns)), ())
    rows = table.rows[-_MOST_ROWS:] if names else ()
    in_minutes = any(name.endswith("_seconds") for name in names)
    divisor = _MINUTE if in_minutes else 1
    series = {
        name.removesuffix("_seconds"): [each / divisor for each in _list_numbers(table, name, rows)]
        for name in names
    }
    labels = [str(_get_label(table, row)) for row in rows]
    return Picture(title, labels, series, unit="minutes" if in_minutes else "")


def _list_numbers(
    table: ReportTable, column: str, rows: Sequence[tuple[object, ...]]
) -> list[float]:
    place = table.columns.index(column)
    return [float(str(row[place] or 0)) for row in rows]


def _get_label(table: ReportTable, row: tuple[object, ...]) -> object:
    for column in ("agent", "channel", "tag", "day", "week", "what", "figure", "rating"):
        if column in table.columns and not (column == "rating" and table.name != "ratings"):
            return row[table.columns.index(column)]
    return "all"
