"""Agents with desks of their own, before a run: they are added and start the staff bot."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.queries.channels import channels as channel_queries
from db.tables import OfflinePolicy
from db.url import parse_database_url
from sandbox.telegram.client import TelegramSandbox
from scripts.bench.rush.agents import add_agents
from scripts.chaos.message_log import Json

_CAPACITY = 1000


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
