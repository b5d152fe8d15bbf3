"""When a window opens and closes, the card shows it and the agent is warned, with one timer."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from db.database import Database
from db.tables import Inbox, InboxState, Lane, OutboxKind, Queue
from desk.clients.erasure import ErasureStep, erase_step
from desk.cluster.wake import Signal
from desk.messages import window, window_timer
from desk.receiving.timers import Timer, TimerReceiver, set_timer
from desk.receiving.worker import Worker
from desk.unit_of_work import UnitOfWork
from tests.desk.messages.window_scene import DAY, Scene, open_scene
from tests.desk.receiving.test_worker import all_settled, rows, running
from tests.desk.stage import thread_of

HOUR = timedelta(hours=1)


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await open_scene(database)


async def warnings(scene: Scene) -> list[str]:
    return [
        each for each in await scene.told() if "reply window for this customer closes at" in each
    ]


async def cards(scene: Scene) -> int:
    return len([row for row in await scene.stage.outbox() if row.kind is OutboxKind.CARD])


def shown(scene: Scene) -> str | None:
    return dict(scene.stage.sender.cards[-1].lines).get("Reply window")


async def test_one_timer_goes_with_an_open_window_however_much_the_customer_writes(
    scene: Scene,
) -> None:
    since = scene.stage.now
    assert await scene.until() == since + DAY
    for _ in range(5):
        scene.stage.later(60)
        await scene.writes()
    assert await scene.timers() == [since + DAY - HOUR]
    assert await scene.until() == scene.stage.now + DAY


async def test_the_agent_is_told_once_before_it_closes(scene: Scene) -> None:
    until = await scene.until()
    scene.stage.later((DAY - HOUR).total_seconds())
    assert await scene.run_due_timers() == 1
    assert await scene.run_due_timers() == 0
    [warning] = await warnings(scene)
    assert warning.startswith(f"Mia, the reply window for this customer closes at {until:%Y-%m-%d}")
    assert (await scene.events()).count("window.closing") == 1
    assert await scene.timers() == [until]


async def test_what_the_customer_wrote_since_puts_it_off(scene: Scene) -> None:
    scene.stage.later(3600)
    await scene.writes()
    later = scene.stage.now + DAY
    scene.stage.later((DAY - 2 * HOUR).total_seconds())
    assert await scene.run_due_timers() == 1
    assert await warnings(scene) == []
    assert await scene.timers() == [later - HOUR]
    scene.stage.later(3600)
    assert await scene.run_due_timers() == 1
    assert len(await warnings(scene)) == 1


async def test_a_window_that_was_opened_anew_is_told_of_again(scene: Scene) -> None:
    scene.stage.later((DAY - HOUR).total_seconds())
    await scene.run_due_timers()
    await scene.writes()
    scene.stage.later(HOUR.total_seconds())
    assert await scene.run_due_timers() == 1
    assert len(await warnings(scene)) == 1
    scene.stage.later((DAY - 2 * HOUR).total_seconds())
    await scene.run_due_timers()
    assert len(await warnings(scene)) == 2


async def test_the_card_is_drawn_anew_when_it_closes_and_when_it_opens(scene: Scene) -> None:
    assert shown(scene) == f"open until at least {await scene.until():%Y-%m-%d %H:%M} UTC"
    drawn = await cards(scene)
    scene.stage.later((DAY - HOUR).total_seconds())
    await scene.run_due_timers()
    await scene.stage.deliver()
    assert await cards(scene) == drawn
    scene.stage.later(HOUR.total_seconds() + 1)
    await scene.run_due_timers()
    await scene.stage.deliver()
    assert (await cards(scene), shown(scene)) == (drawn + 1, "closed: templates only")
    assert await scene.timers() == []
    await scene.writes("again")
    await scene.writes("and again")
    await scene.stage.deliver()
    assert await cards(scene) == drawn + 2
    assert shown(scene) == f"open until at least {await scene.until():%Y-%m-%d %H:%M} UTC"
    assert len(await scene.timers()) == 1


async def test_nobody_is_told_of_a_session_that_has_ended(scene: Scene) -> None:
    await scene.stage.change("sessions", status="ENDED", ended_at=scene.stage.now)
    scene.stage.later((DAY - HOUR).total_seconds())
    assert await scene.run_due_timers() == 1
    assert await warnings(scene) == []
    assert "window.closing" not in await scene.events()


async def test_who_waits_for_somebody_is_told_of_without_a_name(scene: Scene) -> None:
    await scene.stage.change("sessions", cs_id=None)
    scene.stage.later((DAY - HOUR).total_seconds())
    await scene.run_due_timers()
    [warning] = await warnings(scene)
    assert warning.startswith("Nobody has taken this session")
    assert "The reply window for this customer closes at" in warning


@pytest.mark.parametrize("minutes", [0, 120])
async def test_how_long_before_is_the_channels_setting(scene: Scene, minutes: int) -> None:
    channel = scene.stage.channels[scene.stage.channel_id]
    channel.settings[window.WARNING_SETTING] = minutes
    await scene.close()
    await scene.run_due_timers()
    await scene.writes()
    assert await scene.timers() == [scene.stage.now + DAY - timedelta(minutes=minutes)]
    scene.stage.later(DAY.total_seconds() - minutes * 60)
    await scene.run_due_timers()
    assert len(await warnings(scene)) == (1 if minutes else 0)


async def test_what_reached_us_a_day_late_opens_nothing(scene: Scene) -> None:
    await scene.close()
    await scene.run_due_timers()
    until = await scene.until()
    await scene.writes("from yesterday", at=scene.stage.now - DAY)
    assert not window.is_open(
        await scene.stage.thread(scene.ann),
        scene.stage.channels[scene.stage.channel_id],
        scene.stage.now,
    )
    assert await scene.until() == max(until or scene.stage.now, scene.stage.now)
    assert await scene.timers() == []


async def test_a_worker_handles_timers_beside_what_customers_write(scene: Scene) -> None:
    async def set_it(uow: UnitOfWork) -> None:
        thread = await thread_of(uow, scene.ann)
        await set_timer(uow, thread, Timer.WINDOW, scene.stage.now - HOUR)
        await set_timer(uow, thread, Timer.WINDOW, scene.stage.now - HOUR)  # the same one

    await scene.stage.change("inbox", state=InboxState.DONE, settled_at=scene.stage.now)
    await scene.stage.run_in_uow(set_it)
    until = scene.stage.now + timedelta(minutes=30)
    await scene.stage.change("conversations", reply_until=until)
    timers = TimerReceiver({Timer.WINDOW: window_timer.handle_window_timer})
    stage = scene.stage
    worker = Worker(stage.database, stage.uow_factory, {}, outbox_notifier=Signal(), timers=timers)
    async with running(worker):
        while not await warnings(scene):
            worker.signal.notify()
    assert await scene.timers() == [until]
    assert [row.state.value for row in await rows(stage)] == ["done", "done", "pending"]


async def test_nothing_of_a_timer_outlives_a_customer_who_was_deleted(scene: Scene) -> None:
    client_id = (await scene.stage.thread(scene.ann)).client_id

    async def erase(uow: UnitOfWork) -> ErasureStep:
        return await erase_step(uow, client_id, lambda *_: None, by=scene.mia)

    assert len(await scene.timers()) == 1
    assert await scene.stage.run_in_uow(erase) is ErasureStep.DONE
    assert await scene.timers() == []
    async with scene.stage.database.transaction() as tx:
        kept = [(row.lane, row.payload) for row in await tx.scalars(select(Inbox))]
        assert kept == [("erased", "{}")]
        assert not list(await tx.scalars(select(Lane).where(Lane.queue == Queue.INBOX)))


async def test_an_unknown_timer_is_parked_and_holds_nobody_up(scene: Scene) -> None:
    async def set_it(uow: UnitOfWork) -> None:
        thread = await thread_of(uow, scene.ann)
        await set_timer(uow, thread, Timer.WINDOW, scene.stage.now)

    await scene.stage.change("inbox", state=InboxState.DONE, settled_at=scene.stage.now)
    await scene.stage.run_in_uow(set_it)
    worker = Worker(scene.stage.database, scene.stage.uow_factory, {}, outbox_notifier=Signal())
    async with running(worker):
        await all_settled(scene.stage, worker)
    [*_, row] = await rows(scene.stage)
    assert row.state is InboxState.PARKED
    assert "UnknownTimerError" in (row.error or "")
