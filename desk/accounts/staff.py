"""Who writes in the staff group: agents, members who become one by answering, strangers."""

from collections.abc import Collection

from db.queries.accounts import agents
from db.queries.accounts.accounts import BoundAgent
from desk.accounts.binding import enrol_member
from desk.channels import ServedChannel
from desk.unit_of_work import Desk


async def recall(desk: Desk, telegram_ids: Collection[str]) -> None:
    """Look up at once which of these Telegram accounts belong to agents."""
    found = await agents.find_bound_agents(desk.tx, telegram_ids)
    for telegram_id in telegram_ids:
        desk.staff[telegram_id] = found.get(telegram_id)


async def agent_behind(desk: Desk, telegram_id: str) -> BoundAgent | None:
    """Find the agent that a Telegram account is bound to."""
    if telegram_id not in desk.staff:
        await recall(desk, [telegram_id])
    return desk.staff[telegram_id]


async def agent_in_group(
    desk: Desk, channel: ServedChannel, telegram_id: str, name: str
) -> BoundAgent | None:
    """Find the agent of somebody in the staff group; enrol them if the operator wants that."""
    agent = await agent_behind(desk, telegram_id)
    if agent is None and channel.enrols_members:
        agent = await enrol_member(desk.tx, telegram_id, name, now=desk.now)
        desk.staff[telegram_id] = agent
    return agent
