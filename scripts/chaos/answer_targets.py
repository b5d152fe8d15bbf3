"""Targets for answers, so short that many are missed, and agents whose hours begin in the run."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.queries.accounts.agents import list_human_agents
from db.queries.accounts.presence import set_working_hours
from db.queries.channels import channels as channel_queries
from db.tables.base import now_utc
from db.url import parse_database_url
from desk.business_hours import WEEKDAYS
from desk.channels import FIRST_ANSWER_MINUTES, NEXT_ANSWER_MINUTES, SLA_WARNING_PERCENT

# In minutes: a second or two.
_TARGETS = {FIRST_ANSWER_MINUTES: 0.03, NEXT_ANSWER_MINUTES: 0.02, SLA_WARNING_PERCENT: 50}
_MOST_AGENTS = 100


async def set_answer_targets(url: str) -> None:
    """Give every channel targets, and every agent hours that begin when the desk looks at them."""
    now = now_utc()
    whole_day = [{"opens": "00:00", "closes": "24:00"}]
    always = {"time_zone": "Europe/Berlin", "week": dict.fromkeys(WEEKDAYS, whole_day)}
    today = {"time_zone": "UTC", "week": {WEEKDAYS[now.weekday()]: whole_day}}

    async def work(tx: AsyncSession) -> None:
        for channel in await channel_queries.list_all(tx):
            channel.settings = {**channel.settings, **_TARGETS}
            channel.opening_hours = always
        for agent in await list_human_agents(tx, most=_MOST_AGENTS):
            await set_working_hours(tx, agent.agent_id, today, now - timedelta(days=1))

    database = Database(parse_database_url(url))
    try:
        await database.run(work)
    finally:
        await database.close()
