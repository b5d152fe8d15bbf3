"""The summary for staff, with a clock in hand: planned, sent once, in two languages."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from db.database import Database
from db.queues import jobs
from db.queues.jobs import ClaimedJob
from db.queues.lanes import LeaseLostError
from db.queues.payloads import GeneralPayload, decode
from db.tables import JobKind, Lane, Outbox, Queue
from desk.channels import Channels
from desk.content import Content
from desk.jobs.ports import RunningJob
from desk.reports.drawing import DrawingError
from desk.reports.pictures import Picture
from desk.reports.schedule import Rhythm, SummarySchedule
from desk.reports.summary_job import SendSummary, SummaryHandler, plan_summaries
from tests.desk.metrics.scene import Scene as Desk
from tests.desk.metrics.scene import answer, ask, end, open_scene
from tests.desk.stage import GROUP

JAKARTA = ZoneInfo("Asia/Jakarta")
DAILY = SummarySchedule(Rhythm.DAILY, 8, JAKARTA)
# Monday, noon; the summary of the day is due on Tuesday at 8, which is 1 o'clock in UTC.
NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)
DUE = datetime(2026, 3, 3, 1, tzinfo=UTC)


@dataclass
class FakeArtist:
    """Draws nothing, and remembers what it was asked for."""

    drawn: list[Picture] = field(default_factory=list)
    error: DrawingError | None = None

    async def draw(self, picture: Picture) -> bytes:
        self.drawn.append(picture)
        if self.error:
            raise self.error
        return b"a picture"


@dataclass
class Scene:
    desk: Desk
    artist: FakeArtist = field(default_factory=FakeArtist)

    @property
    def database(self) -> Database:
        return self.desk.stage.database

    async def run(self, work: Any) -> Any:
        """Run work in one transaction, as a handler of jobs does."""
        return await self.desk.stage.run_in_uow(work)

    async def plan(self, schedule: SummarySchedule | None = DAILY) -> list[datetime]:
        """Start a process at this moment; return for when summaries are planned then."""
        await self.database.run(lambda tx: plan_summaries(tx, schedule, self.desk.now))
        return await self.list_planned()

    async def list_planned(self) -> list[datetime]:
        async with self.database.transaction() as tx:
            rows = await tx.execute(select(jobs.jobs.c.run_at).order_by(jobs.jobs.c.run_at))
        return [row[0] for row in rows]

    async def claim(self) -> list[ClaimedJob]:
        """Claim the jobs that are due at this moment."""
        now = self.desk.now
        until = now + timedelta(seconds=20)
        async with self.database.transaction() as tx:
            return await jobs.claim(tx, [JobKind.SEND_SUMMARY], now, until, most=5)

    async def work(self, schedule: SummarySchedule | None = DAILY) -> list[Any]:
        """Run the jobs that are due; return their results."""
        results = []
        for job in await self.claim():
            results.append(await self.attempt(job, schedule))
            async with self.database.transaction() as tx:
                await jobs.finish(tx, job, self.desk.now, results[-1])
        return results

    async def attempt(self, job: ClaimedJob, schedule: SummarySchedule | None = DAILY) -> Any:
        handler = SummaryHandler(self, schedule, self.artist)
        return await handler.run(RunningJob(job, None), handler.parse(job.payload))  # type: ignore[arg-type] it does not pause

    async def sent(self) -> list[GeneralPayload]:
        """List the summaries in the outbox."""
        async with self.database.transaction() as tx:
            rows = await tx.scalars(
                select(Outbox).where(Outbox.lane.startswith("summary:")).order_by(Outbox.id)
            )
            lanes = await tx.scalars(select(Lane.queue).where(Lane.lane.startswith("summary:")))
            assert set(lanes) <= {Queue.BACKGROUND}
            found = [decode(row.kind, row.payload) for row in rows]
        return [each for each in found if isinstance(each, GeneralPayload)]

    async def texts(self) -> Sequence[str]:
        return [(each.content.text or "").split("\n")[0] for each in await self.sent()]


@pytest.fixture
async def scene(database: Database) -> Scene:
    """A desk at Monday noon: two sessions today, one of them unanswered, and one last Friday."""
    desk = await open_scene(database)
    scene = Scene(desk)
    desk.stage.now = NOON - timedelta(days=3)
    await desk.act(ask)
    desk.stage.now += timedelta(minutes=4)
    await desk.act(answer(desk.mia), end(desk.mia))
    desk.stage.now = NOON
    await desk.act(ask)
    desk.stage.now += timedelta(seconds=90)
    await desk.act(answer(desk.robot), end(desk.mia))
    await desk.act(ask)
    return scene


async def test_it_is_planned_and_sent_each_day(scene: Scene) -> None:
    assert await scene.plan() == [DUE]
    assert await scene.plan() == [DUE]  # another process
    scene.desk.stage.now = DUE - timedelta(seconds=1)
    assert await scene.work() == []
    scene.desk.stage.now = DUE
    assert await scene.work() == [{"sent": 1}]
    [told] = await scene.sent()
    assert told.chat == GROUP
    assert told.content.picture == b"a picture"
    assert told.content.text == (
        "Summary of 2026-03-02\n"
        "In brackets: the day before.\n"
        "\n"
        "Sessions: 2 (0)\n"
        "Messages from customers: 2 (0)\n"
        "First answer, half of them within: 1.5 min (none)\n"
        "First answer, 9 of 10 within: 1.5 min (none)\n"
        "Without an answer: 1 (0)\n"
        "Answered by AI alone: 1 (0)\n"
        "Until the end, half of them within: 1.5 min (none)\n"
        "Still open: 1 (0)"
    )
    [picture] = scene.artist.drawn
    assert (len(picture.labels), picture.labels[-1]) == (14, "2026-03-02")
    assert picture.series["from customers"][-4:] == [1, 0, 0, 2]
    assert picture.series["from AI agents"][-1] == 1
    # The next day had no session, but the one before had some; then there is nothing to tell.
    for _ in range(2):
        scene.desk.stage.now += timedelta(days=1)
        await scene.work()
    assert await scene.texts() == ["Summary of 2026-03-02", "Summary of 2026-03-03"]
    assert (await scene.list_planned())[-1] == DUE + timedelta(days=3)


async def test_a_stop_between_the_due_time_and_the_sending(scene: Scene) -> None:
    await scene.plan()
    scene.desk.stage.now = DUE
    [killed] = await scene.claim()
    job = replace(killed, lease="another")
    with pytest.raises(LeaseLostError):
        await scene.attempt(job)
    assert await scene.sent() == []
    # The process dies after it put the summary into the outbox, before its job is settled.
    await scene.attempt(killed)
    scene.desk.stage.now += timedelta(hours=2)
    await scene.plan()
    assert await scene.work() == [{"sent": 1}]
    assert await scene.texts() == ["Summary of 2026-03-02"]
    # Down for three days: the latest summary is sent, once, not those that were missed.
    scene.desk.stage.now = DUE + timedelta(days=3)
    await scene.desk.act(end(scene.desk.mia), ask)
    scene.desk.stage.now += timedelta(days=1, hours=1)
    await scene.plan()
    assert len(await scene.work()) == 1
    assert await scene.texts() == ["Summary of 2026-03-02", "Summary of 2026-03-06"]
    assert (await scene.list_planned())[-1] == DUE + timedelta(days=5)


async def test_another_schedule_replaces_what_was_planned(scene: Scene) -> None:
    await scene.plan()
    weekly = SummarySchedule(Rhythm.WEEKLY, 9, JAKARTA)
    monday = datetime(2026, 3, 9, 2, tzinfo=UTC)
    assert await scene.plan(weekly) == [monday]
    scene.desk.stage.now = monday
    await scene.work(weekly)
    assert await scene.texts() == ["Summary of 2026-03-02 to 2026-03-08"]
    assert await scene.plan(None) == [monday]  # only the one that is done
    # Switched off while one was overdue.
    await scene.plan()
    scene.desk.stage.now += timedelta(days=2)
    assert await scene.work(None) == [{"sent": 0}]
    assert len(await scene.sent()) == 1


async def test_without_a_picture_and_in_another_language(scene: Scene) -> None:
    scene.artist.error = DrawingError("no fonts")
    stage = scene.desk.stage
    stage.uow_factory = replace(stage.uow_factory, staff_language="id")
    await scene.plan()
    stage.now = DUE
    await scene.work()
    [told] = await scene.sent()
    assert told.content == Content(text=told.content.text)
    assert (told.content.text or "").splitlines()[:4] == [
        "Ringkasan 2026-03-02",
        "Dalam kurung: hari sebelumnya.",
        "",
        "Sesi: 2 (0)",
    ]
    assert scene.artist.drawn[0].title.startswith("Pesan dalam sesi")


async def test_each_group_gets_it_once_and_none_nothing(scene: Scene) -> None:
    stage = scene.desk.stage
    one = stage.channels[stage.channel_id]
    await scene.plan()
    stage.now = DUE
    [job] = await scene.claim()
    for groups, expected in (((), 0), ((GROUP, "-1002"), 2)):
        stage.channels = Channels([replace(one, staff_groups=groups)])
        stage.uow_factory = replace(stage.uow_factory, channels=stage.channels)
        assert await scene.attempt(job) == {"sent": expected}
    assert [each.chat for each in await scene.sent()] == [GROUP, "-1002"]
    assert len(scene.artist.drawn) == 1


def test_a_payload_is_read_as_it_was_written() -> None:
    assert SendSummary.from_json(SendSummary(DUE).to_json()) == SendSummary(DUE)
