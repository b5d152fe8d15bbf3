"""The stage of one run: a sandbox in a process of its own, people, a database, the desk."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.telegram.client import TelegramSandbox
from scripts.bench.processes import python
from scripts.chaos.engines import Engine, Row
from scripts.chaos.keeper import Keeper
from scripts.chaos.ledger import Json, Ledger
from scripts.chaos.plan import Plan
from scripts.chaos.relay import Relay, relaying
from scripts.private_servers.process import free_port

_TOKEN = "700000002:chaos-token-that-opens-the-sandbox-alone"  # noqa: S105 the sandbox's own
GROUP = -1007000000002
_FIRST_AGENT, _FIRST_CUSTOMER = 730000000, 740000000
_SECRET = "chaos-secret-of-at-least-forty-characters"  # noqa: S105 guards nothing
# Telegram's second, in which a webhook is tried again, for runs of a few seconds.
_RETRY_UNIT = 0.1


@dataclass(slots=True)
class Stage:
    """What one run plays on."""

    plan: Plan
    telegram: TelegramSandbox
    engine: Engine
    url: str
    keeper: Keeper
    relay: Relay
    customers: list[Json] = field(default_factory=list)
    agents: list[Json] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)
    # What was done, in words, with Unix times.
    deeds: list[tuple[float, str]] = field(default_factory=list)
    # Whoever speaks in a conversation waits for their turn: the ledger is written in order.
    turns: defaultdict[tuple[int, bool], asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock)
    )

    async def rows(self, statement: str) -> list[Row]:
        """Read rows of the desk's database."""
        return await self.engine.rows(self.url, statement)


@asynccontextmanager
async def staged(plan: Plan, engine: Engine, folder: Path) -> AsyncIterator[Stage]:
    """Set a stage, with the desk running on it."""
    chance = random.Random(f"relay {plan.seed}")  # noqa: S311 to be repeated, no secret
    async with AsyncExitStack() as stack:
        _, address = await stack.enter_async_context(python("-m", "sandbox", says="http://"))
        telegram = await stack.enter_async_context(TelegramSandbox(address))
        url = await stack.enter_async_context(engine.fresh(folder))
        port = free_port()
        relay = await stack.enter_async_context(relaying(port, chance))
        environment = _environment(plan, address, url, port, relay)
        keeper = Keeper(environment, folder)
        stage = Stage(plan, telegram, engine, url, keeper, relay)
        await _people(stage)
        await stack.enter_async_context(_kept(keeper))
        yield stage


@asynccontextmanager
async def _kept(keeper: Keeper) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        keeping = group.create_task(keeper.run())
        try:
            await keeper.ready()
            yield
        finally:
            await keeper.stop()
            await asyncio.wait([keeping])


def _environment(plan: Plan, address: str, url: str, port: int, relay: Relay) -> dict[str, str]:
    environment = {
        "DATABASE_URL": url,
        "TELEGRAM_BOT_TOKEN": _TOKEN,
        "TELEGRAM_STAFF_GROUP": str(GROUP),
        "TELEGRAM_API_URL": address,
        "TELEGRAM_LIMITS": "telegram" if plan.scale.limits else "off",
        "STAFF_ENROLMENT": "members",
        "JWT_SECRET": _SECRET,
        "SECRET_KEY": _SECRET,
        "PORT": str(port),
    }
    return {**environment, "PUBLIC_URL": relay.url} if plan.webhook else environment


async def _people(stage: Stage) -> None:
    telegram, scale = stage.telegram, stage.plan.scale
    bot = await telegram.add_bot(_TOKEN)
    for number in range(scale.agents):
        stage.agents.append(await telegram.add_user(f"Agent {number}", id=_FIRST_AGENT + number))
    for number in range(scale.customers):
        name, user_id = f"Customer {number:02}", _FIRST_CUSTOMER + number
        stage.customers.append(await telegram.add_user(name, id=user_id))
    await telegram.add_group("Staff", id=GROUP, members=[*stage.agents], bots=[bot])
    await telegram.webhook_retry_base(_RETRY_UNIT)
    await telegram.limits(scale.limits)
