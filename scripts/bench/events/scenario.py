"""Measures what open streams cost, and how soon each gets a customer's message.

Half of the streams are administrators', half are agents'. Time counts from when the customer sent
the message.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from statistics import quantiles

from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.ids import LogInId, UserId, new_id
from db.tables import LogIn, Role, User
from db.tables.base import now_utc
from desk.accounts.access_tokens import AccessTokens, Claims
from desk.accounts.accounts import add_user_and_agent
from scripts.bench.events.listeners import Listeners
from scripts.bench.processes import MeasuredProcess, start_python
from scripts.bench.stage import GROUP, TOKEN, Stage, run_stage

_SECRET = "benchmark-secret-of-forty-characters-000"  # noqa: S105 guards nothing
_NONE = "!"  # fits no password
_OF_A_USER = 20
_CUSTOMERS = 10
_RATE = 10
_ADDRESS = re.compile(r"http://[0-9.]+:[0-9]+")


@dataclass(frozen=True, slots=True)
class Figures:
    """What the streams cost, and how soon they got events; times in milliseconds."""

    streams: int
    before_megabytes: float
    open_megabytes: float
    peak_megabytes: float
    events: int
    # From sending a message to each stream having it, over all streams and messages.
    p50: float
    p99: float
    # The longest of these times.
    last: float
    cpu_milliseconds: float


async def run_events(url: str, database: Database, *, streams: int, events: int) -> Figures:
    """Measure on a fresh, migrated database."""
    tokens = await _create_tokens(database, streams)
    await database.close()
    async with run_stage(_CUSTOMERS) as play, _run_desk(play, url) as (desk, address):
        await _warm_up(play)
        before = desk.megabytes()
        listeners = Listeners()
        try:
            await listeners.open(address, tokens)
            await asyncio.sleep(1)
            opened, cpu = desk.megabytes(), desk.cpu_seconds()
            sent_at = await _send_messages(play, events)
            await _wait_for_events(listeners, events, streams)
            cpu = desk.cpu_seconds() - cpu
        finally:
            listeners.close()
        waits = sorted(
            (at - sent_at[number]) * 1000
            for number, ats in listeners.times.at.items()
            for at in ats
        )
        cuts = quantiles(waits, n=100)
        peak = desk.peak_megabytes()
    return Figures(
        streams,
        before,
        opened,
        peak,
        events,
        cuts[49],
        cuts[98],
        waits[-1],
        cpu / events * 1000,
    )


async def _create_tokens(database: Database, streams: int) -> list[str]:
    """Create access tokens: each person has as many streams as one person may have."""
    issue, tokens = AccessTokens(_SECRET).issue, []
    now = now_utc()

    async def work(tx: AsyncSession) -> None:
        for number in range(-(-streams // _OF_A_USER)):
            user_id, log_in = UserId(new_id()), LogInId(new_id())
            role = Role.CS if number % 2 else Role.ADMIN
            email = f"listener{number}@bench.example"
            user = User(
                id=user_id, name=f"Listener {number}", email=email, role=role, password_hash=_NONE
            )
            await add_user_and_agent(tx, user)
            kept = LogIn(id=log_in, user_id=user_id, address="::1", user_agent="bench")
            kept.expires_at = now + timedelta(days=1)
            tx.add(kept)
            tokens.extend([issue(Claims(user_id, log_in, 0), now)] * _OF_A_USER)

    await database.run(work)
    return tokens[:streams]


@asynccontextmanager
async def _run_desk(play: Stage, database_url: str) -> AsyncIterator[tuple[MeasuredProcess, str]]:
    environment = {
        "DATABASE_URL": database_url,
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_STAFF_GROUP": str(GROUP),
        "TELEGRAM_API_URL": play.url,
        "TELEGRAM_LIMITS": "off",
        "CUSTOMER_LIMIT": "0",
        "JWT_SECRET": _SECRET,
        "SECRET_KEY": _SECRET,
        "PORT": "0",
    }
    command = ("-m", "scripts.cli", "run")
    async with start_python(*command, environment=environment, ready_text='"ready"') as (
        desk,
        line,
    ):
        found = _ADDRESS.search(line)
        if found is None:
            raise RuntimeError(f"no address in {line}")
        yield desk, found.group()


async def _warm_up(play: Stage) -> None:
    """Open every customer's session.

    Nobody is online, so the sessions wait and everybody sees them.
    """
    await play.write_as_customers((number, "warm") for number in range(_CUSTOMERS))
    await asyncio.sleep(2)


async def _send_messages(play: Stage, events: int) -> dict[int, float]:
    """Write as customers at a steady rate; return when each message was sent."""
    sent_at: dict[int, float] = {}
    for number in range(events):
        sent_at[number] = time.time()
        await play.telegram.say(play.customers[number % _CUSTOMERS], f"event {number}")
        await asyncio.sleep(max(0.0, sent_at[number] + 1 / _RATE - time.time()))
    return sent_at


async def _wait_for_events(listeners: Listeners, events: int, streams: int) -> None:
    until = time.monotonic() + 30
    while sum(len(each) for each in listeners.times.at.values()) < events * streams:
        if time.monotonic() > until or listeners.times.broken:
            told = sum(len(each) for each in listeners.times.at.values())
            raise RuntimeError(f"{told} of {events * streams} events arrived")
        await asyncio.sleep(0.1)
