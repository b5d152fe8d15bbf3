"""Agents with desks of their own, during a run: they leave, block the staff bot, and come back."""

import asyncio

from scripts.chaos.plan import FaultKind, Injection
from scripts.chaos.stage import Stage

_LEAST_AWAY, _MOST_AWAY = 0.3, 1.5


async def interrupt_agent(stage: Stage, injection: Injection) -> None:
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


async def bring_agents_back(stage: Stage) -> None:
    """Let all agents be there at the end, so that everything can be seen."""
    for agent in stage.agents:
        await stage.telegram.block(agent, blocked=False, bot=stage.staff.bot)
        for words in ("/start", "/online"):
            await stage.telegram.say(agent, words, bot=stage.staff.bot)
