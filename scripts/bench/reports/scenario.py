"""Measure how long each report takes."""

import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from db.database import Database
from db.queries.reports.groups import Group
from desk.reports.names import ReportName
from desk.reports.periods import Period
from desk.reports.reports import REPORTS, Question
from scripts.bench.processes import MeasuredProcess

# The year that fill.py fills, in a zone whose clocks change twice in it.
_YEAR = Period(date(2025, 1, 1), date(2025, 12, 31), ZoneInfo("Europe/Berlin"))
_GROUPED = (ReportName.WORKLOAD, ReportName.FIRST_ANSWER, ReportName.WAITING, ReportName.RESOLUTION)
_RUNS = 5


@dataclass(frozen=True, slots=True)
class ReportTime:
    """How long a report took in milliseconds, the fastest and the middle of some runs.

    `cpu` is what a run cost the database server and this process together. A report is one thread's
    work, so this is about what it takes on an idle machine, and hardly depends on other work.
    """

    name: ReportName
    by: Group
    best: float
    median: float
    cpu: float


async def run_reports(database: Database) -> AsyncIterator[ReportTime]:
    """Run each report over the whole year, several times."""
    server = await _find_server(database)
    for name, by in _list_questions():
        times: list[float] = []
        spent = server.cpu_seconds() + time.process_time()
        for _ in range(_RUNS):
            begun = time.perf_counter()
            async with database.transaction() as tx:
                await REPORTS[name](tx, Question(_YEAR, by))
            times.append((time.perf_counter() - begun) * 1000)
        cpu = (server.cpu_seconds() + time.process_time() - spent) / _RUNS * 1000
        times.sort()
        yield ReportTime(name, by, times[0], times[_RUNS // 2], cpu)


async def _find_server(database: Database) -> MeasuredProcess:
    """Return the process of a database server on this machine."""
    async with database.engine.connect() as connection:
        asked = await connection.exec_driver_sql("SELECT @@datadir, @@pid_file")
        folder, file = tuple(asked.one())
    return MeasuredProcess(int((Path(folder) / file).read_text()))


def _list_questions() -> Iterator[tuple[ReportName, Group]]:
    for name in ReportName:
        for by in Group if name in _GROUPED else (Group.ALL,):
            yield name, by
