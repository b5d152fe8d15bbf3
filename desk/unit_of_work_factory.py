"""Create units of work: everything that runs a transaction of the desk gets them here."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import TypeVar

import structlog

from db.database import Database, Transaction
from db.tables.base import now_utc
from desk.channels import Channels
from desk.jobs.collector import JobCollector, JobStarter
from desk.openings import EmptyOpenings, Openings
from desk.projections import Projection, ProjectionError
from desk.session_times import DEFAULT_SESSION_TIMES, SessionTimes
from desk.unit_of_work import ChooseGroup, UnitOfWork, choose_first_group

log = structlog.get_logger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class UnitOfWorkFactory:
    """What every unit of work of a process has in common."""

    channels: Channels
    projections: Sequence[Projection[UnitOfWork]]
    staff_language: str = "en"
    default_region: str | None = None
    choose_group: ChooseGroup = choose_first_group
    session_times: SessionTimes = DEFAULT_SESSION_TIMES
    customer_limit: int | None = None
    zone: tzinfo = UTC
    openings: Openings[UnitOfWork] = field(default_factory=EmptyOpenings)
    job_starter: JobStarter = field(default_factory=JobStarter)

    def create(
        self, tx: Transaction, now: datetime | None = None, *, without: Collection[str] = ()
    ) -> UnitOfWork:
        """Create the unit of work of a transaction, `without` these projections."""
        return UnitOfWork(
            tx,
            now or now_utc(),
            self.channels,
            self.staff_language,
            self.default_region,
            self.choose_group,
            [each for each in self.projections if each.name not in without],
            self.session_times,
            self.customer_limit,
            self.zone,
            self.openings,
            jobs=JobCollector(self.job_starter),
        )

    async def record(self, database: Database, work: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """Record what has already happened outside, such as a delivery, in one transaction.

        It must be recorded in any case, so a projection that fails is left out.
        """
        return await run_without_failing(
            database, lambda tx, without: work(self.create(tx, without=without))
        )


async def run_without_failing(
    database: Database, work: Callable[[Transaction, Collection[str]], Awaitable[T]]
) -> T:
    """Run `work` in a transaction, again without each projection that fails."""
    without: set[str] = set()
    while True:
        try:
            return await database.run(lambda tx: work(tx, without))
        except ProjectionError as error:
            log.exception("projection.left_out", projection=error.projection)
            without.add(error.projection)
