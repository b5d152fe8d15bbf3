"""The demo's AI agent: it answers about OsmoDesk from docs/faq.md, without a language model."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.dialect import get_table
from db.queries.ai.configs import add_ai_agent
from db.tables import Agent, AgentLevel, AiTakeover, Channel, ChannelKind
from db.tables.base import now_utc
from desk.knowledge.import_job import import_file
from desk.knowledge.writing import Writing
from scripts.upkeep.knowledge import TransactionWriting

NAME = "Osmo"
_DOCS = Path(__file__).parents[2] / "docs"
_PAGES = {"faq.md": "en", "faq.id.md": "id"}
# Humans answer on the other channels, as before.
_CHANNEL = ChannelKind.WHATSAPP_CLOUD
_CAPACITY = 1000

agents = get_table(Agent)
channels = get_table(Channel)


async def add_agent(database: Database) -> None:
    """Add the agent and import its articles at the first start; later the player decides."""

    async def run(step: Callable[[Writing], Awaitable[object]]) -> object:
        return await database.run(lambda tx: step(TransactionWriting(tx, now_utc())))

    if not await database.run(_add_agent):
        return
    for page, language in _PAGES.items():
        await import_file(run, _DOCS / page, language=language, tags=(), say=lambda *_: None)


async def _add_agent(tx: AsyncSession) -> bool:
    """Add the agent, and let it answer first on its channel; return False if it is there."""
    if await tx.scalar(select(agents.c.id).where(agents.c.name == NAME)) is not None:
        return False
    await add_ai_agent(
        tx, NAME, level=AgentLevel.BASIC, capacity=_CAPACITY, values={}, now=now_utc()
    )
    this = update(channels).where(channels.c.kind == _CHANNEL)
    await tx.execute(this.values(ai_takeover=AiTakeover.IMMEDIATE, ai_takeover_minutes=5))
    return True
