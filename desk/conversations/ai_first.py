"""Find the AI agent that gets a new session before any human, where the channel says so."""

from db.queries.ai.configs import list_serving_ai_agents
from db.tables import AiMode, AiTakeover
from desk.actors import AgentActor, ai_agent
from desk.business_hours import is_open, load_hours
from desk.channels import ServedChannel
from desk.unit_of_work import UnitOfWork


async def find_first_ai_agent(uow: UnitOfWork, channel: ServedChannel) -> AgentActor | None:
    """Return the AI agent that answers first on a channel; None: a human does."""
    if channel.ai_takeover is not AiTakeover.IMMEDIATE:
        return None
    for row in await list_serving_ai_agents(uow.tx, channel.id):
        kept = row.config.working_hours
        hours = None if kept is None else load_hours(kept)
        works = hours is None or is_open(hours, uow.now)
        if row.config.mode is AiMode.AUTOMATIC and works:
            return ai_agent(row.id, row.name)
    return None
