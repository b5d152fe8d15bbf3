"""Measures how soon staff sees the words of many new customers who write at once.

Telegram's limits are on, in the sandbox and in the desk. In the mode `personal`, each agent has
started a second bot and answers in their own chat with it.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from db.tables import StaffMode
from sandbox.telegram.client import TelegramSandbox
from scripts.bench.processes import start_python
from scripts.bench.rush.sightings import Sightings, build_text
from scripts.bench.stage import wait_until

_TOKEN = "700000001:rush-token-of-the-sandbox-alone-000000"  # noqa: S105 the sandbox's own
_STAFF_TOKEN = "700000002:rush-token-of-the-staff-bot-0000000000"  # noqa: S105 the sandbox's own
_SECRET = "rush-secret-of-more-than-forty-characters-0"  # noqa: S105 guards nothing
_GROUPS = -1007000000000
_AGENTS = 710000000
_CUSTOMERS = 720000000
_MOST_SECONDS = 1800.0
# So that what came before does not count against a private chat's limit.
_QUIET_SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class Rush:
    """How many people there are, and how many messages each customer writes."""

    customers: int
    messages: int
    agents: int
    groups: int
    mode: StaffMode = StaffMode.GROUP

    @property
    def is_personal(self) -> bool:
        """Return whether agents answer in their own chats."""
        return self.mode is StaffMode.PERSONAL

    @property
    def agent_ids(self) -> list[int]:
        """List the Telegram ids of the agents."""
        return [_AGENTS + number for number in range(self.agents)]

    @property
    def group_ids(self) -> list[int]:
        """List the ids of the staff groups."""
        return [_GROUPS - number for number in range(1, self.groups + 1)]


@dataclass(frozen=True, slots=True)
class Figures:
    """When half and all of the words were visible, in seconds, and what that took."""

    half_seconds: float
    all_seconds: float
    refused_calls: int
    calls_per_customer: float


async def run_rush(database_url: str, rush: Rush) -> Figures:
    """Let all customers write at once, and wait until staff sees everything.

    The agents are in the database already.
    """
    async with _run_sandbox(rush) as telegram, _run_desk(telegram.base_url, database_url, rush):
        if rush.is_personal:
            await _open_desks(telegram, rush)
        await telegram.limits(on=True)
        calls = await telegram.calls()
        chats = [*rush.group_ids, *rush.agent_ids]
        sightings = Sightings(chats, after=calls[-1]["seq"] if calls else 0)
        started = time.time()
        await _write(telegram, rush)
        await _wait_until_visible(telegram, sightings, rush.customers * rush.messages)
    times = sorted(at - started for at in sightings.seen.values())
    return Figures(
        half_seconds=times[(len(times) - 1) // 2],
        all_seconds=times[-1],
        refused_calls=sightings.refused,
        calls_per_customer=sightings.visible_calls / rush.customers,
    )


@asynccontextmanager
async def _run_sandbox(rush: Rush) -> AsyncIterator[TelegramSandbox]:
    async with (
        start_python("-m", "sandbox", ready_text="http://") as (_, url),
        TelegramSandbox(url) as telegram,
    ):
        bot = await telegram.add_bot(_TOKEN)
        staff_bot = await telegram.add_bot(_STAFF_TOKEN, "staff_bot", "Staff desk")
        await telegram.set_threaded_mode(staff_bot)
        agents = [await telegram.add_user(f"Agent {each}", id=each) for each in rush.agent_ids]
        for number in range(rush.customers):
            await telegram.add_user(f"Customer {number}", id=_CUSTOMERS + number)
        for group in rush.group_ids:
            await telegram.add_group(f"Staff {group}", id=group, members=[*agents], bots=[bot])
        yield telegram


@asynccontextmanager
async def _run_desk(url: str, database_url: str, rush: Rush) -> AsyncIterator[None]:
    environment = {
        "DATABASE_URL": database_url,
        "TELEGRAM_BOT_TOKEN": _TOKEN,
        "TELEGRAM_STAFF_GROUP": ",".join(map(str, rush.group_ids)),
        "TELEGRAM_API_URL": url,
        "TELEGRAM_LIMITS": "telegram",
        "CUSTOMER_LIMIT": "0",
        "JWT_SECRET": _SECRET,
        "SECRET_KEY": _SECRET,
        "PORT": "0",
    }
    if rush.is_personal:
        environment |= {
            "TELEGRAM_STAFF_BOT_TOKEN": _STAFF_TOKEN,
            "STAFF_MODE": rush.mode.value,
        }
    async with start_python(
        "-m", "scripts.cli", "run", environment=environment, ready_text="ready"
    ):
        yield


async def _open_desks(telegram: TelegramSandbox, rush: Rush) -> None:
    """Let each agent start the staff bot, and wait until it has answered them all."""
    bot = int(_STAFF_TOKEN.partition(":")[0])
    for agent in rush.agent_ids:
        await telegram.say(agent, "/start", bot=bot)

    async def is_answered() -> bool:
        answered = {call["chat_id"] for call in await telegram.calls("sendMessage", bot=bot)}
        return answered >= set(rush.agent_ids)

    await wait_until(is_answered, seconds=60)
    await asyncio.sleep(_QUIET_SECONDS)


async def _write(telegram: TelegramSandbox, rush: Rush) -> None:
    """Write each customer's messages in order, those of different customers at once."""

    async def write(number: int) -> None:
        for message in range(rush.messages):
            customer, words = _CUSTOMERS + number, build_text(number, message)
            await telegram.say(customer, words, bot=int(_TOKEN.partition(":")[0]))

    async with asyncio.TaskGroup() as group:
        for number in range(rush.customers):
            group.create_task(write(number))


async def _wait_until_visible(telegram: TelegramSandbox, sightings: Sightings, wanted: int) -> None:
    until = time.monotonic() + _MOST_SECONDS
    while True:
        sightings.read(await telegram.calls(after=sightings.last_seq), wanted)
        if len(sightings.seen) >= wanted:
            return
        if time.monotonic() > until:
            raise TimeoutError(f"{len(sightings.seen)} of {wanted} messages are visible")
        await asyncio.sleep(0.2)
