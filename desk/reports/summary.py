"""The summary for staff: the main figures of some days beside those of the days before."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from db.database import Transaction
from db.queries.reports.groups import Group
from desk.reports.periods import Period
from desk.reports.pictures import Picture
from desk.reports.reports import Question, report_comparison, report_workload
from desk.reports.tables import Cell, ReportTable
from desk.texts import Translate

_MINUTE, _HOUR, _DAY = 60, 3600, 24 * 3600
# The picture shows so many days, the last ones of the summary among them.
_SHOWN = timedelta(days=14)
_BARS = {"inbound": "from_customers", "human": "from_humans", "ai": "from_ai"}
_Figures = Mapping[str, tuple[Cell, Cell]]


@dataclass(frozen=True, slots=True)
class Summary:
    """What staff is told."""

    text: str
    picture: Picture


async def build_summary(tx: Transaction, period: Period, say: Translate) -> Summary | None:
    """Build the summary of a period; None if there was no session in it, nor in the one before."""
    asked = Question(period)
    figures = await _read_figures(tx, asked)
    if figures["sessions"] == (0, 0):
        return None
    shown = replace(period, first=period.last - _SHOWN + timedelta(days=1))
    by_day = await report_workload(tx, Question(shown, Group.DAY))
    return Summary(_write(period, figures, say), _describe_picture(shown, by_day, say))


async def _read_figures(tx: Transaction, asked: Question) -> _Figures:
    table = await report_comparison(tx, asked)
    return {str(row[0]): (row[1], row[2]) for row in table.rows}


def _write(period: Period, figures: _Figures, say: Translate) -> str:
    days = {"first": period.first.isoformat(), "last": period.last.isoformat()}
    single = period.days == 1
    return "\n".join(
        (
            say("summary.title_day" if single else "summary.title_days", **days),
            say("summary.compared" if single else "summary.compared_days"),
            "",
            *_list_lines(figures, say),
        )
    )


def _list_lines(figures: _Figures, say: Translate) -> Iterator[str]:
    """Yield a line for each figure; one that was nothing in both periods has none."""
    for name, figure, write in (
        ("sessions", "sessions", _write_number),
        ("inbound", "inbound", _write_number),
        ("first_answer", "first_answer_p50_seconds", _write_time),
        ("first_answer_most", "first_answer_p90_seconds", _write_time),
        ("unanswered", "unanswered", _write_number),
        ("breached", "breached_first_answers", _write_number),
        ("ai_alone", "ai_alone", _write_number),
        ("handovers", "handovers", _write_number),
        ("resolution", "resolution_p50_seconds", _write_time),
        ("unresolved", "unresolved", _write_number),
        ("rating", "rating", _write_number),
    ):
        value, before = figures[figure]
        if value or before or name == "sessions":
            both = {"value": write(value, say), "before": write(before, say)}
            yield say(f"summary.{name}", **both)


_Write = Callable[[Cell, Translate], str]


def _write_number(value: Cell, say: Translate) -> str:
    if value is None:
        return say("summary.none")
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def _write_time(value: Cell, say: Translate) -> str:
    if value is None:
        return say("summary.none")
    seconds = float(value)
    for unit, name in ((_DAY, "days"), (_HOUR, "hours"), (_MINUTE, "minutes")):
        if seconds >= unit:
            return say(f"summary.{name}", number=f"{seconds / unit:.3g}")
    return say("summary.seconds", number=round(seconds))


def _describe_picture(period: Period, by_day: ReportTable, say: Translate) -> Picture:
    """Describe the bars of each day, also of those without sessions."""
    place = by_day.columns.index("day")
    rows = {row[place]: row for row in by_day.rows}
    days = [(period.first + timedelta(days=each)).isoformat() for each in range(period.days)]

    def get(day: str, column: str) -> float:
        row = rows.get(day)
        return float(row[by_day.columns.index(column)] or 0) if row else 0.0

    return Picture(
        say("summary.picture"),
        days,
        {
            say(f"summary.{name}"): [get(day, column) for day in days]
            for column, name in _BARS.items()
        },
        nothing=say("summary.nothing"),
    )
