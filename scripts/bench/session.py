"""One run of a benchmark on a fresh database of either engine, and its printed table."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import uvloop

from db.database import Database
from db.migrations import open_migrated
from db.url import parse_database_url
from scripts.application.file_limits import raise_open_files_limit
from scripts.bench.agents.load import AskingLoad
from scripts.bench.agents.scenario import Answering, measure_desk, print_figures
from scripts.bench.api.scenario import Figures as ApiFigures
from scripts.bench.api.scenario import run_api
from scripts.bench.bots import measure_bots, print_bots
from scripts.bench.events.scenario import run_events
from scripts.bench.prefill import prefill_database
from scripts.bench.relay import Figures, Latency, measure_relay
from scripts.bench.reports.fill import MESSAGES_PER_SESSION, fill_database
from scripts.bench.reports.scenario import run_reports
from scripts.bench.rush.agents import add_agents
from scripts.bench.rush.scenario import Rush, run_rush
from scripts.bench.webhooks.scenario import run_webhooks
from scripts.bench.webhooks.slow_bodies import run_slow_bodies
from scripts.bench.workers import Load, compare_workers, print_workers
from scripts.private_servers.mariadb import DURABLE, MariaDB

Say = Callable[[str], None]


def measure_api(messages: int, say: Say) -> None:
    """Measure the API on MariaDB with a tenth of `messages`, then with all of them."""
    asyncio.run(_measure_api(messages, say))


async def _measure_api(messages: int, say: Say) -> None:
    for many in (messages // 10, messages):
        async with _open_database("mariadb") as url:
            await _fill_database(url, 0)
            say(f"\nmariadb, {many:,} messages in {many // 20:,} sessions")
            _print_api(await run_api(url, many), say)


def _print_api(figures: list[ApiFigures], say: Say) -> None:
    say(f"{'':44}{'p50 ms':>8}{'p99 ms':>8}{'CPU µs':>9}  answers")
    for each in figures:
        answers = each.answers
        say(
            f"{each.name:44}{answers.p50:8.1f}{answers.p99:8.1f}{each.cpu_microseconds:9.0f}"
            f"  {dict(answers.statuses)}"
        )


def measure_reports(sessions: int, say: Say) -> None:
    """Measure the reports on MariaDB over a tenth of `sessions`, then over all of them."""
    asyncio.run(_measure_reports(sessions, say))


async def _measure_reports(sessions: int, say: Say) -> None:
    for many in (sessions // 10, sessions):
        async with (
            _open_database("mariadb") as url,
            open_migrated(parse_database_url(url)) as database,
        ):
            await fill_database(database, many)
            say(f"\nmariadb, {many * MESSAGES_PER_SESSION:,} messages in {many:,} sessions")
            say(f"{'':24}{'best ms':>9}{'median ms':>11}{'CPU ms':>8}")
            async for each in run_reports(database):
                name = f"{each.name} by {each.by}"
                say(f"{name:24}{each.best:9.0f}{each.median:11.0f}{each.cpu:8.0f}")


def measure_events(engine: str, *, streams: int, events: int, say: Say) -> None:
    """Measure open event streams on `sqlite` or `mariadb` and print the figures."""
    raise_open_files_limit()
    # The listeners share this machine, and a faster loop leaves more of it to the measured process.
    uvloop.run(_measure_events(engine, streams, events, say))


async def _measure_events(engine: str, streams: int, events: int, say: Say) -> None:
    async with _open_database(engine) as url:
        await _fill_database(url, 0)
        database = Database(parse_database_url(url))
        found = await run_events(url, database, streams=streams, events=events)
    say(f"\n{engine}, {found.streams:,} open streams, {found.events} messages to all of them")
    more = found.peak_megabytes - found.before_megabytes
    say(f"memory: {found.before_megabytes:.0f} MB before, {found.open_megabytes:.0f} open,")
    say(f"        {found.peak_megabytes:.0f} at most: {more:.0f} MB for all streams")
    say(f"from a customer's message to a stream: p50 {found.p50:.0f} ms, p99 {found.p99:.0f} ms,")
    say(f"        the last of all {found.last:.0f} ms")
    say(f"CPU for a message to {found.streams:,} streams: {found.cpu_milliseconds:.1f} ms")


def measure_webhooks(engine: str, *, rate: int, seconds: int, say: Say) -> None:
    """Measure signed WhatsApp webhooks on `sqlite` or `mariadb` and print the figures."""
    asyncio.run(_measure_webhooks(engine, rate, seconds, say))


async def _measure_webhooks(engine: str, rate: int, seconds: int, say: Say) -> None:
    async with _open_database(engine) as url:
        await _fill_database(url, 0)
        database = Database(parse_database_url(url))
        try:
            found = await run_webhooks(url, database, rate=rate, seconds=seconds)
        finally:
            await database.close()
    answers = found.answers
    say(f"\n{engine}, {rate} signed webhooks a second for {seconds} s, each relayed to staff")
    say(f"answered: p50 {answers.p50:.1f} ms, p99 {answers.p99:.1f} ms, {dict(answers.statuses)}")
    say(f"CPU for each, its copy included: {found.cpu_microseconds:.0f} µs")
    say(
        f"stored: {found.kept:,}; the last copied {found.copied_after_seconds:.1f} s after the last"
    )
    say(f"post; peak memory {found.peak_megabytes:.0f} MB")


def measure_slow_bodies(engine: str, *, connections: int, say: Say) -> None:
    """Measure unfinished bodies at a webhook on `sqlite` or `mariadb` and print the figures."""
    asyncio.run(_measure_slow_bodies(engine, connections, say))


async def _measure_slow_bodies(engine: str, connections: int, say: Say) -> None:
    async with _open_database(engine) as url:
        await _fill_database(url, 0)
        database = Database(parse_database_url(url))
        try:
            found = await run_slow_bodies(url, database, connections=connections)
        finally:
            await database.close()
    say(f"\n{engine}, {connections} connections with unfinished bodies of 3 MB at a webhook")
    say(f"memory: {found.before_megabytes:.0f} MB before, {found.peak_megabytes:.0f} MB at most,")
    say(f"{found.after_megabytes:.0f} MB after; answered within {found.seconds:.1f} s:")
    say(f"{dict(found.statuses)}; served others meanwhile: {found.was_serving}")


def measure_rush(engine: str, rush: Rush, *, capacity: int, say: Say) -> None:
    """Measure how soon staff sees many new customers' words, on `sqlite` or `mariadb`."""
    asyncio.run(_measure_rush(engine, rush, capacity, say))


async def _measure_rush(engine: str, rush: Rush, capacity: int, say: Say) -> None:
    async with _open_database(engine) as url:
        async with open_migrated(parse_database_url(url)) as database:
            await database.run(lambda tx: add_agents(tx, rush.agent_ids, capacity=capacity))
        found = await run_rush(url, rush)
    say(f"\n{engine}, {rush.customers} new customers with {rush.messages} messages each at once,")
    say(f"mode {rush.mode}, {rush.agents} agents, {rush.groups} groups, Telegram's limits on")
    half, whole = f"{found.half_seconds:.1f} s", f"{found.all_seconds:.1f} s"
    say(f"visible to staff: half after {half}, all after {whole}")
    say(f"visible calls for each new customer until then: {found.calls_per_customer:.2f}")
    say(f"refused calls (429): {found.refused_calls}")


def measure_agents(engine: str, *, sessions: int, answers: int, seconds: float, say: Say) -> None:
    """Measure AI agents in a whole desk on `sqlite` or `mariadb`, beside one where they are off."""
    asyncio.run(_measure_agents(engine, sessions, answers, seconds, say))


async def _measure_agents(
    engine: str, sessions: int, answers: int, seconds: float, say: Say
) -> None:
    load = AskingLoad(sessions, answers, seconds)
    say(
        f"\n{engine}, {sessions} sessions at once ask a model that thinks for {seconds:g} s on "
        f"average: {load.customers} customers"
    )
    desks = []
    for answering in Answering:
        async with _open_database(engine) as url:
            desks.append(await measure_desk(url, answering, load))
    print_figures(desks, say)


def measure_messages(
    engine: str, *, messages: int, customers: int, existing: int, say: Say
) -> None:
    """Measure the relay on `sqlite` or `mariadb` and print the figures."""
    asyncio.run(_measure_messages(engine, messages, customers, existing, say))


async def _measure_messages(
    engine: str, messages: int, customers: int, existing: int, say: Say
) -> None:
    async with _open_database(engine) as url:
        await _fill_database(url, existing)
        say(f"\n{engine}, {existing:,} messages already there, {customers} customers")
        figures, latency = await measure_relay(url, messages=messages, customers=customers)
    _print_messages(figures, latency, say)


def _print_messages(figures: list[Figures], latency: Latency, say: Say) -> None:
    say(f"{'':24}{'messages/s':>12}{'CPU µs':>10}{'peak MB':>10}")
    for each in figures:
        say(
            f"{each.name:24}{each.per_second:12.0f}{each.cpu_microseconds:10.0f}"
            f"{each.peak_megabytes:10.0f}"
        )
    floor = figures[0].cpu_microseconds
    for each in figures[1:]:
        say(f"{each.name}: {each.cpu_microseconds / floor:.2f} times the baseline's CPU")
    say(f"at 50 messages/s: p50 {latency.p50:.1f} ms, p99 {latency.p99:.1f} ms")


def measure_idle_bots(most: int, say: Say) -> None:
    """Measure a desk with one bot and with `most` bots while nobody writes."""
    print_bots(asyncio.run(measure_bots([1, most])), say)


def measure_workers(most: int, rounds: int, load: Load, say: Say) -> None:
    """Measure 1 to `most` workers on MariaDB, in turns, and print the figures."""
    found = asyncio.run(compare_workers(range(1, most + 1), rounds, load))
    say(f"\nmariadb and redis, {load.messages} messages each way, {rounds} rounds, medians")
    print_workers(found, say)


async def _fill_database(url: str, existing: int) -> None:
    async with open_migrated(parse_database_url(url)) as database:
        if existing:
            await prefill_database(database, existing)


@asynccontextmanager
async def _open_database(engine: str) -> AsyncIterator[str]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if engine == "sqlite":
            yield f"sqlite+aiosqlite:///{folder / 'bench.db'}"
            return
        server = MariaDB(folder, DURABLE)
        server.start()
        try:
            with server.fresh_database() as url:
                yield url
        finally:
            server.stop()
