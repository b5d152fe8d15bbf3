"""Runs a process: web, worker or both; ends it cleanly on Ctrl-C and SIGTERM."""

import asyncio
import contextlib
import gc
import signal
from collections.abc import Callable

import structlog
import uvloop

from db.database import Database
from db.revision import is_current
from db.sqlite_guard import hold_process_lock
from desk.accounts.accounts import list_seeded_emails
from scripts.application.cluster_membership import Place, take_place
from scripts.application.file_limits import allow_many
from scripts.application.http_server import FrontDoor
from scripts.configuration.parsers import is_loopback
from scripts.configuration.settings import Settings
from scripts.monitoring.logging_setup import set_up_logging
from scripts.monitoring.readiness import NotMigratedError
from scripts.wiring import House, build_house

log = structlog.get_logger(__name__)

# Of the 3 seconds that a stop may take: what is being sent. What is being asked: front_door.py.
_LAST_SENDS = 1.6


def run_all(settings: Settings) -> None:
    """Run API, poller or webhook, and worker in this process until it is told to stop."""
    _run(settings, serves=True, works=True)


def run_web(settings: Settings) -> None:
    """Run the API and the webhooks alone."""
    _run(settings, serves=True, works=False)


def run_worker(settings: Settings) -> None:
    """Run everything but the API and the webhooks."""
    _run(settings, serves=False, works=True)


def _run(settings: Settings, *, serves: bool, works: bool) -> None:
    set_up_logging(settings.log_level)
    if serves:
        allow_many()
    # Half the cost of the sockets, which are half of what a relay does (docs/benchmarks.md).
    uvloop.run(_until_signal(settings, serves=serves, works=works))


async def _until_signal(settings: Settings, *, serves: bool, works: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await run_until(stop, settings, serves=serves, works=works)


async def run_until(
    stop: asyncio.Event,
    settings: Settings,
    *,
    serves: bool = True,
    works: bool = True,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Run a process until `stop` is set; `ready` is told the address once it serves.

    Raises NotMigratedError where the database is MySQL's and older than this program, and
    DatabaseInUseError or RefusedError where another process is in the way.
    """
    with hold_process_lock(settings.database_url):
        database = Database(settings.database_url, log_sql=settings.log_sql)
        place = Place()
        try:
            await _prepare(database)
            place = await take_place(settings, database, works=works)
            house = await build_house(settings, database, place, works=works)
        except BaseException:
            await place.leave()
            await database.close()
            raise
        try:
            await _run_house(stop, house, serves=serves, works=works, ready=ready)
        finally:
            await place.leave()
            await house.close()
            log.info("stopped")


async def _run_house(
    stop: asyncio.Event,
    house: House,
    *,
    serves: bool,
    works: bool,
    ready: Callable[[str], None] | None,
) -> None:
    await _warn(house.settings, house)
    async with contextlib.AsyncExitStack() as stack:
        door = _door(house) if serves else None
        if door is not None:
            stack.push_async_callback(door.close)
        house.address = address = await door.open() if door is not None else ""
        _tune_collector()
        log.info("ready", address=address, works=works, database=str(house.database.address))
        if ready is not None:
            ready(address)
        await (_work(stop, house, door) if works else _serve_on(stop, house, door))


async def _prepare(database: Database) -> None:
    """See that the database is at the newest migration; SQLite is brought there."""
    if await is_current(database):
        return
    if not database.is_sqlite:
        raise NotMigratedError(
            "the database is not at this program's version: run `osmodesk db deploy` first"
        )
    from db import migrations  # noqa: PLC0415 alembic takes memory that a running desk needs not

    await migrations.upgrade(database)


def _door(house: House) -> FrontDoor:
    settings = house.settings
    return FrontDoor(house.web_app(), house.closing, settings.host, settings.port)


async def _serve_on(stop: asyncio.Event, house: House, door: FrontDoor | None) -> None:
    """Serve until `stop`, and let the workers know what came."""
    async with asyncio.TaskGroup() as group:
        steady = [group.create_task(house.place.notifiers.run()), *_common(group, house)]
        await stop.wait()
        house.hub.stop()
        if door is not None:
            await door.finish()
        await house.intake.finish()
        for task in steady:
            task.cancel()


async def _work(stop: asyncio.Event, house: House, door: FrontDoor | None) -> None:
    """Run every long-lived task in one group until `stop`, then let what is under way end."""
    async with asyncio.TaskGroup() as group:
        watch = house.vitals.watch
        steady = _common(group, house)
        steady += [group.create_task(each()) for each in house.place.tasks()]
        steady += [
            watch(f"sender:{number}", group.create_task(house.courier.send()))
            for number in range(house.courier.senders)
        ]
        steady.append(watch("housekeeping", group.create_task(house.housekeeping.run())))
        steady.append(watch("herald", group.create_task(house.webhook_dispatcher.run())))
        steady += [
            watch(f"webhooks:{number}", group.create_task(house.webhook_dispatcher.send()))
            for number in range(house.webhook_dispatcher.senders)
        ]
        closing = [
            watch("worker", group.create_task(house.worker.run())),
            watch("courier", group.create_task(house.courier.run())),
        ]
        await stop.wait()
        log.info("stopping")
        house.worker.stop()
        house.courier.stop()
        house.hub.stop()
        closing.append(group.create_task(house.webhook_dispatcher.finish()))
        if door is not None:
            closing.append(group.create_task(door.finish()))
        # What is still being sent after this is marked as such in the outbox.
        await asyncio.wait(closing, timeout=_LAST_SENDS)
        await house.intake.finish()
        for task in (*steady, *closing):
            task.cancel()


def _common(group: asyncio.TaskGroup, house: House) -> list[asyncio.Task[None]]:
    """Begin what every process does: know the channels, and tell streams what happens."""
    watch = house.vitals.watch
    return [
        watch("switchboard", group.create_task(house.switchboard.run(house.vitals))),
        watch("hub", group.create_task(house.hub.run())),
        watch("intake", group.create_task(house.intake.run())),
        watch("intake:due", group.create_task(house.intake.make_due())),
    ]


async def _warn(settings: Settings, house: House) -> None:
    """Tell the operator what runs but should not stay so."""
    lines = house.lines.all()
    if not lines:
        hint = "set TELEGRAM_BOT_TOKEN: a bot from @BotFather; or switch a channel on by the API"
        log.warning("no_channel", hint=hint)
    for each in lines:
        if not each.channel.staff_groups:
            log.warning("no_staff_group", hint="set TELEGRAM_STAFF_GROUP: agents answer there")
    if not is_loopback(settings.host):
        async with house.database.transaction() as tx:
            for email in await list_seeded_emails(tx):
                log.warning("seeded_password", account=email, hint="osmodesk accounts passwd")


def _tune_collector() -> None:
    # Python's collector would take half of the CPU of a busy bot (docs/benchmarks.md).
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
