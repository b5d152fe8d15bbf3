"""Find the agents behind staff group messages, and enrol members who are not agents yet."""

from collections.abc import Collection

from db.queries.accounts import agents
from desk.accounts.binding import enrol_member
from desk.actors import AgentActor, to_actor
from desk.channels import ServedChannel
from desk.conversations.staff_members import leave_customers
from desk.unit_of_work import UnitOfWork


async def load_agents(uow: UnitOfWork, telegram_ids: Collection[str]) -> None:
    """Load the agents of these Telegram accounts in one query."""
    found = await agents.find_bound_agents(uow.tx, telegram_ids)
    for telegram_id in telegram_ids:
        agent = found.get(telegram_id)
        uow.bound_agents[telegram_id] = to_actor(agent) if agent else None


async def find_bound_agent(uow: UnitOfWork, telegram_id: str) -> AgentActor | None:
    """Find the agent that a Telegram account is bound to, whose owner has just done something."""
    if telegram_id not in uow.bound_agents:
        await load_agents(uow, [telegram_id])
    agent = uow.bound_agents[telegram_id]
    if agent is not None:
        uow.note_seen(agent)
    return agent


async def find_or_enrol_agent(
    uow: UnitOfWork, channel: ServedChannel, telegram_id: str, name: str
) -> AgentActor | None:
    """Find the agent of a staff group member; enrol the member if the channel allows it."""
    agent = await find_bound_agent(uow, telegram_id)
    if agent is None and channel.enrols_members:
        member = await enrol_member(uow.tx, telegram_id, name, now=uow.now)
        agent = to_actor(member) if member else None
        uow.bound_agents[telegram_id] = agent
        if agent is not None:
            await leave_customers(uow, telegram_id, agent)
    return agent
