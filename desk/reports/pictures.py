"""Draw a report as a picture. matplotlib is imported when the first picture is drawn."""

# ruff: noqa: PLC0415 matplotlib is slow to import, and most processes never draw

import asyncio
from io import BytesIO
from typing import TYPE_CHECKING

from desk.business_hours import WEEKDAYS
from desk.reports.tables import ReportTable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_HOURS = 24
_SIZE, _DPI = (9.0, 4.5), 110
_MINUTE = 60
# A picture of more rows cannot be read.
_MOST_ROWS = 40
_LONGEST_LABEL = 24
# The first of these columns that a report has is drawn, one bar for each.
_DRAWN = (
    ("p50_seconds", "p90_seconds"),
    ("inbound", "human", "ai"),
    ("value", "before"),
    ("count",),
    ("rating",),
)


async def draw_picture(table: ReportTable) -> bytes:
    """Draw a report as PNG, in a thread."""
    return await asyncio.to_thread(_draw, table)


def _draw(table: ReportTable) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=_SIZE, dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    period = table.period
    axes.set_title(f"{table.name.replace('_', ' ')}, {period.first} to {period.last}")
    if table.name == "volume":
        _draw_heat_map(axes, table)
    else:
        _draw_bars(axes, table)
    out = BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()


def _draw_heat_map(axes: "Axes", table: ReportTable) -> None:
    sessions = table.columns.index("sessions")
    values = [int(row[sessions] or 0) for row in table.rows]
    days = [values[day * _HOURS : (day + 1) * _HOURS] for day in range(len(WEEKDAYS))]
    shown = axes.imshow(days, aspect="auto", cmap="Blues")
    axes.set_yticks(range(len(WEEKDAYS)), [day.title() for day in WEEKDAYS])
    axes.set_xticks(range(0, _HOURS, 2))
    axes.figure.colorbar(shown, label="sessions")


def _draw_bars(axes: "Axes", table: ReportTable) -> None:
    names = next((each for each in _DRAWN if set(each) <= set(table.columns)), ())
    if not names or not table.rows:
        axes.text(0.5, 0.5, "no figures", ha="center")
        return
    places = [table.columns.index(name) for name in names]
    rows = table.rows[-_MOST_ROWS:]
    in_minutes = names[0].endswith("_seconds")
    width = 0.8 / len(names)
    for number, (name, place) in enumerate(zip(names, places, strict=True)):
        heights = [float(row[place] or 0) / (_MINUTE if in_minutes else 1) for row in rows]
        label = name.removesuffix("_seconds")
        axes.bar([each + number * width for each in range(len(rows))], heights, width, label=label)
    # A name may hold $, which would be mathematics.
    labels = [str(_get_label(table, row)).replace("$", r"\$")[:_LONGEST_LABEL] for row in rows]
    axes.set_xticks(range(len(rows)), labels, rotation=30, ha="right", fontsize="small")
    if in_minutes:
        axes.set_ylabel("minutes")
    axes.legend()


def _get_label(table: ReportTable, row: tuple[object, ...]) -> object:
    for column in ("agent", "channel", "tag", "day", "what", "figure", "rating"):
        if column in table.columns and not (column == "rating" and table.name != "ratings"):
            return row[table.columns.index(column)]
    return "all"
