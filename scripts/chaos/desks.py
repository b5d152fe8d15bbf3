"""Agents with desks of their own: they start the staff bot, leave, block it, and come back."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.queries.channels import channels as channel_queries
from db.tables import OfflinePolicy
from db.url import parse_database_url
from sandbox.telegram.client import TelegramSandbox
from scripts.bench.rush.agents import add_agents
from scripts.chaos.message_log import Json
from scripts.chaos.plan import FaultKind, Injection

if TYPE_CHECKING:
    from scripts.chaos.stage import Stage

_CAPACITY = 1000
_LEAST_AWAY, _MOST_AWAY = 0.3, 1.5


async def prepare_desks(
    url: str, telegram: TelegramSandbox, agents: Sequence[Json], token: str
) -> None:
    """Add the staff bot and the agents; a session of who goes offline goes to somebody else."""
    bot = await telegram.add_bot(token, "chaos_staff_bot", "Staff desk")
    await telegram.set_threaded_mode(bot)

    async def work(tx: AsyncSession) -> None:
        await add_agents(tx, [each["id"] for each in agents], capacity=_CAPACITY)
        for channel in await channel_queries.list_all(tx):
            channel.offline_policy = OfflinePolicy.HAND_BACK

    database = Database(parse_database_url(url))
    try:
        await database.run(work)
    finally:
        await database.close()


async def start_desks(telegram: TelegramSandbox, agents: Sequence[Json], bot: int) -> None:
    """Let each agent start the staff bot."""
    for agent in agents:
        await telegram.say(agent, "/start", bot=bot)


async def interrupt_agent(stage: "Stage", injection: Injection) -> None:
    """Let an agent go offline, or block the staff bot, and come back soon."""
    telegram, bot = stage.telegram, stage.staff.bot
    agent = stage.agents[int(injection.luck * len(stage.agents))]
    away = _LEAST_AWAY + injection.size * (_MOST_AWAY - _LEAST_AWAY)
    if injection.kind is FaultKind.LEAVE:
        await telegram.say(agent, "/offline", bot=bot)
        await asyncio.sleep(away)
        await telegram.say(agent, "/online", bot=bot)
    else:
        await telegram.block(agent, bot=bot)
        await asyncio.sleep(away)
        await telegram.block(agent, blocked=False, bot=bot)
        await telegram.say(agent, "/start", bot=bot)


async def bring_agents_back(stage: "Stage") -> None:
    """Let all agents be there at the end, so that everything can be seen."""
    for agent in stage.agents:
        await stage.telegram.block(agent, blocked=False, bot=stage.staff.bot)
        for words in ("/start", "/online"):
            await stage.telegram.say(agent, words, bot=stage.staff.bot)
