"""Runs a process (web, worker or both) and stops it cleanly on Ctrl-C and SIGTERM."""

import asyncio
import contextlib
import gc
import signal
from collections.abc import Callable, Sequence
from functools import partial

import structlog
import uvloop

from api.pages.console.page import DemoLogIn
from db.copying.progress import raise_if_unfinished
from db.database import Database
from db.revision import is_current
from db.sqlite_guard import hold_process_lock
from db.tables.base import now_utc
from desk.accounts.accounts import list_seeded_emails
from desk.reports.summary_job import plan_summaries
from desk.urls.private import is_loopback
from scripts.application.cluster_membership import ClusterMembership, join_cluster
from scripts.application.file_limits import raise_open_files_limit
from scripts.application.http_server import HttpServer
from scripts.configuration.settings import Settings
from scripts.monitoring.logging_setup import set_up_logging
from scripts.monitoring.readiness import NotMigratedError
from scripts.processes.metrics_server import start_metrics_server
from scripts.processes.waiting import start_when_available
from scripts.wiring import Application, Plugins, build_application, list_plugins

log = structlog.get_logger(__name__)

# No transaction of a desk takes so long, in seconds. A connection that was cut without a word would
# otherwise be waited for until the system gives it up, a quarter of an hour later.
_TRANSACTION_TIME_LIMIT = 60.0
# Of the 3 seconds that a stop may take: for messages being sent. For requests: http_server.py.
_SEND_TIMEOUT = 1.6


def run_all(settings: Settings) -> None:
    """Run the API, the poller or webhooks, and the worker in this process until it is stopped."""
    _run(settings, is_web=True, is_worker=True)


def run_web(settings: Settings) -> None:
    """Run the API and the webhooks only."""
    _run(settings, is_web=True, is_worker=False)


def run_worker(settings: Settings) -> None:
    """Run everything except the API and the webhooks."""
    _run(settings, is_web=False, is_worker=True)


def _run(settings: Settings, *, is_web: bool, is_worker: bool) -> None:
    set_up_logging(settings.log_level)
    if is_web:
        raise_open_files_limit()
    # uvloop halves the cost of sockets, which are half of a relay's work (docs/benchmarks.md).
    uvloop.run(_run_until_signal(settings, is_web=is_web, is_worker=is_worker))


async def _run_until_signal(settings: Settings, *, is_web: bool, is_worker: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await run_until(stop, settings, is_web=is_web, is_worker=is_worker)


async def run_until(
    stop: asyncio.Event,
    settings: Settings,
    *,
    is_web: bool = True,
    is_worker: bool = True,
    ready: Callable[[str], None] | None = None,
    plugins: Plugins | None = None,
    demo_log_ins: Sequence[DemoLogIn] = (),
) -> None:
    """Run a process until `stop` is set; call `ready` with the address once it serves.

    If the database does not answer at the start, waits for it and logs that.

    `plugins` are the kinds of channels to serve; None means those that this program has. The
    console logs in the accounts of `demo_log_ins` by one click.
    Raises NotMigratedError where a MySQL database is older than this program, and
    DatabaseInUseError or WorkerRefusedError where another process prevents the start.
    """
    with hold_process_lock(settings.database_url):
        application = await start_when_available(
            lambda: _start(settings, plugins or list_plugins(settings), is_worker=is_worker), stop
        )
        if application is None:
            log.info("stopped")
            return
        application.demo_log_ins = demo_log_ins
        try:
            await _run_application(
                stop, application, is_web=is_web, is_worker=is_worker, ready=ready
            )
        finally:
            await application.membership.leave()
            await application.close()
            log.info("stopped")


async def _start(settings: Settings, plugins: Plugins, *, is_worker: bool) -> Application:
    """Open the database, join the other processes and build the application."""
    database = Database(
        settings.database_url,
        log_sql=settings.log_sql,
        log_slow_sql=settings.log_slow_sql,
        time_limit=_TRANSACTION_TIME_LIMIT,
    )
    membership = ClusterMembership()
    try:
        await _prepare_database(database)
        membership = await join_cluster(settings, database, is_worker=is_worker)
        application = await build_application(
            settings, database, membership, plugins, is_worker=is_worker
        )
        await _log_warnings(settings, application)
        if is_worker:
            plan = partial(plan_summaries, schedule=settings.summary_schedule, now=now_utc())
            await database.run(plan)
    except BaseException:
        await membership.leave()
        await database.close()
        raise
    return application


async def _run_application(
    stop: asyncio.Event,
    application: Application,
    *,
    is_web: bool,
    is_worker: bool,
    ready: Callable[[str], None] | None,
) -> None:
    async with contextlib.AsyncExitStack() as stack:
        http_server: HttpServer | None = None
        address = ""
        if is_web:
            http_server = _build_http_server(application)
            stack.push_async_callback(http_server.close)
            application.address = address = await http_server.start()
        elif (port := application.settings.metrics_port) is not None:
            http_server = await start_metrics_server(application, port)
            if http_server is not None:
                stack.push_async_callback(http_server.close)
        _tune_garbage_collector()
        log.info(
            "ready",
            address=address,
            is_worker=is_worker,
            database=str(application.database.address),
        )
        if ready is not None:
            ready(address)
        await (
            _work_until(stop, application, http_server)
            if is_worker
            else _serve_until(stop, application, http_server)
        )


async def _prepare_database(database: Database) -> None:
    """Make sure that the database is complete and at the newest migration; migrate SQLite."""
    if await is_current(database):
        if not database.is_sqlite:
            await raise_if_unfinished(database)
        return
    if not database.is_sqlite:
        raise NotMigratedError(
            "the database is not at this program's version: run `osmodesk db deploy` first"
        )
    from db import migrations  # noqa: PLC0415 alembic takes memory that a running desk does not need

    await migrations.upgrade(database)


def _build_http_server(application: Application) -> HttpServer:
    settings = application.settings
    return HttpServer(
        application.build_web_app(), application.shutdown, settings.host, settings.port
    )


async def _serve_until(
    stop: asyncio.Event, application: Application, http_server: HttpServer | None
) -> None:
    """Serve until `stop`, and notify the workers of what arrived."""
    async with asyncio.TaskGroup() as group:
        background_tasks = [
            *(group.create_task(each()) for each in application.membership.tasks()),
            *_start_common_tasks(group, application),
        ]
        await stop.wait()
        application.hub.stop()
        if http_server is not None:
            await http_server.finish()
        await application.intake.finish()
        for task in background_tasks:
            task.cancel()


async def _work_until(
    stop: asyncio.Event, application: Application, http_server: HttpServer | None
) -> None:
    """Run every long-lived task in one group until `stop`, then let work under way finish."""
    async with asyncio.TaskGroup() as group:
        watch = application.task_monitor.watch
        background_tasks = _start_common_tasks(group, application)
        background_tasks += [group.create_task(each()) for each in application.membership.tasks()]
        background_tasks += [
            watch(f"sender:{number}", group.create_task(application.courier.send()))
            for number in range(application.courier.senders)
        ]
        background_tasks.append(
            watch("housekeeping", group.create_task(application.housekeeping.run()))
        )
        background_tasks.append(
            watch("desk-watch", group.create_task(application.desk_watch.run()))
        )
        background_tasks.append(watch("alarms", group.create_task(application.alarm_watch.run())))
        background_tasks.append(
            watch("webhook-dispatcher", group.create_task(application.webhook_dispatcher.run()))
        )
        background_tasks += [
            watch(f"webhooks:{number}", group.create_task(application.webhook_dispatcher.send()))
            for number in range(application.webhook_dispatcher.senders)
        ]
        closing = [
            watch("worker", group.create_task(application.worker.run())),
            watch("courier", group.create_task(application.courier.run())),
            watch("jobs", group.create_task(application.jobs.run())),
        ]
        await stop.wait()
        log.info("stopping")
        application.worker.stop()
        application.courier.stop()
        application.jobs.stop()
        application.hub.stop()
        closing.append(group.create_task(application.webhook_dispatcher.finish()))
        if http_server is not None:
            closing.append(group.create_task(http_server.finish()))
        # Messages still being sent after this are marked as such in the outbox.
        await asyncio.wait(closing, timeout=_SEND_TIMEOUT)
        await application.intake.finish()
        await application.jobs.give_back()
        for task in (*background_tasks, *closing):
            task.cancel()


def _start_common_tasks(
    group: asyncio.TaskGroup, application: Application
) -> list[asyncio.Task[None]]:
    """Start what every process runs: channel reloader, event hub, intake, database watch."""
    watch = application.task_monitor.watch
    return [
        watch(
            "channel-reloader",
            group.create_task(application.reloader.run(application.task_monitor)),
        ),
        watch("hub", group.create_task(application.hub.run())),
        watch("intake", group.create_task(application.intake.run())),
        watch("intake:due", group.create_task(application.intake.make_due())),
        watch("database-watch", group.create_task(application.database_watch.run())),
    ]


async def _log_warnings(settings: Settings, application: Application) -> None:
    """Warn the operator about settings that work but should be changed."""
    connections = application.connections.all()
    if not connections:
        hint = "set TELEGRAM_BOT_TOKEN (a bot from @BotFather), or activate a channel with the API"
        log.warning("channels.none_served", hint=hint)
    for each in connections:
        if not each.channel.staff_groups and not each.channel.is_staff_bot:
            log.warning(
                "staff_group.missing",
                channel=each.channel.id,
                hint="set TELEGRAM_STAFF_GROUP: agents answer in that group",
            )
    if not is_loopback(settings.host):
        async with application.database.transaction() as tx:
            for email in await list_seeded_emails(tx):
                log.warning(
                    "account.published_password", account=email, hint="osmodesk accounts passwd"
                )


def _tune_garbage_collector() -> None:
    # The garbage collector would take half of the CPU of a busy bot (docs/benchmarks.md).
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
