"""Measure how long each report takes."""

import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from db.database import Database
from db.queries.reports.measures import Group
from desk.reports.periods import Period
from desk.reports.reports import REPORTS, Question, ReportName

# The year that fill.py fills, in a zone whose clocks change twice in it.
_YEAR = Period(date(2025, 1, 1), date(2025, 12, 31), ZoneInfo("Europe/Berlin"))
_GROUPED = (ReportName.WORKLOAD, ReportName.FIRST_ANSWER, ReportName.WAITING, ReportName.RESOLUTION)
_RUNS = 5


@dataclass(frozen=True, slots=True)
class ReportTime:
    """How long a report took, the fastest and the middle of some runs."""

    name: ReportName
    by: Group
    best: float
    median: float


async def run_reports(database: Database) -> AsyncIterator[ReportTime]:
    """Run each report over the whole year, several times."""
    for name, by in _list_questions():
        times: list[float] = []
        for _ in range(_RUNS):
            begun = time.perf_counter()
            async with database.transaction() as tx:
                await REPORTS[name](tx, Question(_YEAR, by))
            times.append((time.perf_counter() - begun) * 1000)
        times.sort()
        yield ReportTime(name, by, times[0], times[_RUNS // 2])


def _list_questions() -> Iterator[tuple[ReportName, Group]]:
    for name in ReportName:
        for by in Group if name in _GROUPED else (Group.ALL,):
            yield name, by
