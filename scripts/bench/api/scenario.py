"""One run: a database of a given size, and the same requests to the API and to the baseline."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from sqlalchemy import text

from db.database import Database
from db.url import parse_database_url
from scripts.bench.api.accounts import Client, add_people, log_in, log_in_administrator
from scripts.bench.api.load import ResponseTimes, call_at_rate
from scripts.bench.prefill import prefill_database
from scripts.bench.processes import MeasuredProcess, start_python

_PAGE, _LATE = 50, 1000
_RATE, _SECONDS = 100, 10
_LOGINS, _BESIDE = 20, 50
_SECRET = "benchmark-secret-of-forty-characters-000"  # noqa: S105 guards nothing


@dataclass(frozen=True, slots=True)
class Figures:
    """How long one kind of request took, and what it cost the serving process."""

    name: str
    answers: ResponseTimes
    cpu_microseconds: float


@dataclass(frozen=True, slots=True)
class PageStarts:
    """Where the requested pages begin."""

    sessions: list[str]
    # The number of the late page of the list: a small database does not have 1,000 pages.
    late: int
    # The (time, id) before that page; the longest session, and the (time, id) before its page
    # 1,000.
    before_sessions: tuple[str, str]
    long: str
    before_messages: tuple[str, str]


async def run_api(url: str, messages: int) -> list[Figures]:
    """Fill a database and measure lists and histories, beside the baseline."""
    database = Database(parse_database_url(url))
    try:
        await prefill_database(database, messages, longest=_PAGE * _LATE + 1)
        emails = await add_people(database, 40)
        places = await _find_page_starts(database, late=min(_LATE, messages // 20 // _PAGE))
    finally:
        await database.close()
    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http,
        _run_api(url) as (desk, address),
    ):
        admin = await log_in_administrator(http, address)
        figures = await _measure_api(admin, desk, places)
        figures.append(await _measure_beside_logins(admin, emails, desk, places))
        figures += await _measure_baseline(http, url, places)
    return figures


@asynccontextmanager
async def _run_api(url: str) -> AsyncIterator[tuple[MeasuredProcess, str]]:
    environment = {
        "DATABASE_URL": url,
        "JWT_SECRET": _SECRET,
        "SECRET_KEY": _SECRET,
        "PORT": "0",
        "TELEGRAM_BOT_TOKEN": "",
        "LOG_LEVEL": "info",
    }
    run = ("-m", "scripts.cli", "run")
    async with start_python(*run, environment=environment, ready_text='"address"') as (
        process,
        line,
    ):
        address = line.partition('"address": "')[2].partition('"')[0]
        yield process, f"{address}/api/v1"


async def _measure(
    name: str, process: MeasuredProcess, call: Callable[[int], Awaitable[int]], rate: float = _RATE
) -> Figures:
    await call_at_rate(call, rate=rate, seconds=2)  # a warm-up for what is read and built once
    before = process.cpu_seconds()
    answers = await call_at_rate(call, rate=rate, seconds=_SECONDS)
    used = process.cpu_seconds() - before
    return Figures(name, answers, used / len(answers.waits) * 1e6)


async def _measure_api(admin: Client, desk: MeasuredProcess, places: PageStarts) -> list[Figures]:
    listed, messages = "/sessions?status=ENDED", f"/sessions/{places.long}/messages?"
    late_list = await _find_late_page(admin, listed, places.late)
    late_messages = await _find_late_page(admin, messages, _LATE)
    requests: dict[str, Callable[[int], str]] = {
        "sessions, page 1": lambda _: listed,
        f"sessions, page {places.late:,}": lambda _: late_list,
        "messages of any session": lambda n: f"/sessions/{_pick_session(places, n)}/messages",
        "messages, page 1": lambda _: messages,
        "messages, page 1,000": lambda _: late_messages,
    }
    return [
        await _measure(name, desk, lambda n, path=path: admin.get(path(n)))  # type: ignore[misc]
        for name, path in requests.items()
    ]


async def _find_late_page(admin: Client, path: str, number: int) -> str:
    """Follow the cursors to a late page, as clients do."""
    requests = path
    for _ in range(number - 1):
        page = await admin.get_page(requests)
        if page.get("next") is None:
            raise RuntimeError(f"{path} has no {number} pages")
        requests = f"{path}&cursor={page['next']}"
    return requests


def _pick_session(places: PageStarts, number: int) -> str:
    return places.sessions[number * 7919 % len(places.sessions)]


async def _measure_beside_logins(
    admin: Client, emails: list[str], desk: MeasuredProcess, places: PageStarts
) -> Figures:
    """Measure lists while 20 log-ins a second arrive, more than two cores can hash."""

    async def log_one_in(number: int) -> int:
        return (await log_in(admin.http, admin.address, emails[number % len(emails)]))[0]

    async def read(number: int) -> int:
        return await admin.get(f"/sessions/{_pick_session(places, number)}/messages")

    async with asyncio.TaskGroup() as group:
        logins = group.create_task(call_at_rate(log_one_in, rate=_LOGINS, seconds=_SECONDS))
        figures = await _measure("messages, beside log-ins", desk, read, rate=_BESIDE)
    statuses = dict(logins.result().statuses)
    name = f"{figures.name} {statuses}"
    return Figures(name, figures.answers, figures.cpu_microseconds)


async def _measure_baseline(
    http: aiohttp.ClientSession, url: str, places: PageStarts
) -> list[Figures]:
    async with start_python(
        "-m", "scripts.bench.api.baseline_server", url, ready_text="http://"
    ) as (
        bare,
        address,
    ):

        async def get(path: str, after: tuple[str, str] | None = None) -> int:
            query = {} if after is None else {"at": after[0], "id": after[1]}
            async with http.get(f"{address}{path}", params=query) as answer:
                await answer.read()
                return answer.status

        messages = f"/messages/{places.long}"
        requests: dict[str, Callable[[int], Awaitable[int]]] = {
            "sessions, page 1": lambda _: get("/sessions"),
            f"sessions, page {places.late:,}": lambda _: get("/sessions", places.before_sessions),
            "messages of any session": lambda n: get(f"/messages/{_pick_session(places, n)}"),
            "messages, page 1": lambda _: get(messages),
            "messages, page 1,000": lambda _: get(messages, places.before_messages),
        }
        return [await _measure(f"baseline: {name}", bare, call) for name, call in requests.items()]


async def _find_page_starts(database: Database, late: int) -> PageStarts:
    async with database.transaction() as tx:

        async def rows(statement: str, **values: Any) -> list[Any]:
            return list(await tx.execute(text(statement), values))

        found = await rows("SELECT id FROM sessions ORDER BY id LIMIT 2000")
        [[long]] = await rows(
            "SELECT session_id FROM messages GROUP BY session_id ORDER BY COUNT(*) DESC LIMIT 1"
        )
        by_time = "ORDER BY created_at DESC, id DESC LIMIT 1 OFFSET :before"
        [session] = await rows(
            f"SELECT created_at, id FROM sessions WHERE status = 'ENDED' {by_time}",  # noqa: S608 ours
            before=_PAGE * (late - 1) - 1,
        )
        [message] = await rows(
            f"SELECT created_at, id FROM messages WHERE session_id = :long {by_time}",  # noqa: S608 ours
            long=long,
            before=_PAGE * (_LATE - 1) - 1,
        )
    return PageStarts(
        [row[0] for row in found],
        late,
        (str(session[0]), session[1]),
        long,
        (str(message[0]), message[1]),
    )
