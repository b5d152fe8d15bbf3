"""The job that sends the summary into the staff groups, and plans the one after it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, Protocol

import structlog

from db.database import Transaction
from db.queues import jobs
from db.queues.jobs import NewJob
from db.queues.payloads import GeneralPayload
from db.tables import JobKind
from desk.content import Content
from desk.conversations.staff_groups import list_staff_groups
from desk.jobs.ports import RunningJob
from desk.jobs.retry_policy import RetryPolicy
from desk.outbox_items import build_summary_item
from desk.reports.drawing import DrawingError
from desk.reports.periods import Period
from desk.reports.pictures import Picture
from desk.reports.schedule import SummarySchedule
from desk.reports.summary import Summary, build_summary
from desk.texts import translate
from desk.transactions import RunsTransactions
from desk.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)


class DrawsPictures(Protocol):
    """Draws pictures as PNG."""

    async def draw(self, picture: Picture) -> bytes:
        """Draw a picture; raise DrawingError."""


@dataclass(frozen=True, slots=True)
class SendSummary:
    """Send the summary that is due then."""

    kind: ClassVar[JobKind] = JobKind.SEND_SUMMARY
    due: datetime

    @property
    def dedup_key(self) -> str:
        return f"summary:{self.due.isoformat()}"

    def to_json(self) -> dict[str, Any]:
        return {"due": self.due.isoformat()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "SendSummary":
        return cls(datetime.fromisoformat(data["due"]))


async def plan_summaries(tx: Transaction, schedule: SummarySchedule | None, now: datetime) -> None:
    """Plan the next summary, and drop those that a former schedule planned for the future.

    Every process does this when it starts; a summary that is planned already stays as it is.
    """
    following = None if schedule is None else SendSummary(schedule.find_next(now))
    kept = following.dedup_key if following else None
    await jobs.drop_planned(tx, JobKind.SEND_SUMMARY, now, keep=kept)
    if following:
        planned = NewJob(following.kind, following.to_json(), kept, following.due)
        await jobs.put(tx, [planned], now)


class SummaryHandler:
    """Sends summaries. An attempt that begins again sends nothing twice: the outbox knows it."""

    retry_policy = RetryPolicy(max_attempts=5)

    def __init__(
        self,
        transactions: RunsTransactions,
        schedule: SummarySchedule | None,
        artist: DrawsPictures,
    ) -> None:
        self._transactions, self._schedule, self._artist = transactions, schedule, artist

    def parse(self, payload: Mapping[str, Any]) -> SendSummary:
        return SendSummary.from_json(payload)

    async def run(self, job: RunningJob, payload: SendSummary) -> Mapping[str, Any]:
        """Send the latest summary that is due: after a long stop, not one of a former week."""
        if self._schedule is None:
            return {"sent": 0}
        begun = await self._transactions.run(partial(self._begin, job, self._schedule))
        if begun is None:
            return {"sent": 0}
        period, summary = begun
        content = await self._draw(summary)
        return {"sent": await self._transactions.run(lambda uow: _send(uow, job, period, content))}

    async def _begin(
        self, job: RunningJob, schedule: SummarySchedule, uow: UnitOfWork
    ) -> tuple[Period, Summary] | None:
        """Plan the next one, whatever becomes of this one; read the figures of this one."""
        await job.ensure_held(uow.tx)
        following = SendSummary(schedule.find_next(uow.now))
        uow.jobs.enqueue(following, run_at=following.due)
        if not list_staff_groups(uow):
            return None
        period = schedule.find_period(schedule.find_latest(uow.now))
        summary = await build_summary(uow.tx, period, partial(translate, uow.staff_language))
        return None if summary is None else (period, summary)

    async def _draw(self, summary: Summary) -> Content:
        """Return what to send: without the picture if it cannot be drawn."""
        try:
            return Content.of_picture(await self._artist.draw(summary.picture), summary.text)
        except DrawingError as error:
            log.warning("summary.no_picture", reason=str(error))
            return Content(text=summary.text)


async def _send(uow: UnitOfWork, job: RunningJob, period: Period, content: Content) -> int:
    """Send the summary to each staff group, once for these days; return how many groups."""
    await job.ensure_held(uow.tx)
    groups = list_staff_groups(uow)
    for group, channel_id in groups.items():
        key = f"summary:{group}:{period.first}:{period.last}"
        payload = GeneralPayload(content, group)
        uow.outbox_items.append(build_summary_item(channel_id, payload, uow.now, dedup_key=key))
    return len(groups)
