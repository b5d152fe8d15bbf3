"""Adds the agents of a rush to the database."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from db.queries.accounts import staff_lists
from db.tables.base import now_utc
from desk.accounts.enrolment import enrol_member


async def add_agents(tx: AsyncSession, telegram_ids: Sequence[int], *, capacity: int) -> None:
    """Add an agent for each of these Telegram accounts, online and with this capacity."""
    for telegram_id in telegram_ids:
        bound = await enrol_member(tx, str(telegram_id), f"Agent {telegram_id}", now=now_utc())
        if bound is not None:
            await staff_lists.set_capacity(tx, bound.agent_id, capacity)
