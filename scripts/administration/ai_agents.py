"""AI agents on the command line: list and delete them."""

from db.queries.ai.configs import AiAgentRow, list_ai_agents
from desk.actors import CONSOLE
from desk.ai.agents import delete_ai_agent
from desk.ai.errors import AiAgentNeededError
from desk.unit_of_work import UnitOfWork
from scripts.administration.desk_access import DeskAccess
from scripts.upkeep.ai_agent_choice import choose_agent
from scripts.upkeep.errors import UpkeepError

_MOST = 1000


async def list_agents(desk: DeskAccess) -> list[AiAgentRow]:
    """List the AI agents, the newest first."""
    return await desk.transactions.run(_read)


async def delete_agent(desk: DeskAccess, name: str) -> str:
    """Delete an AI agent and return its name; raise UpkeepError."""

    async def work(uow: UnitOfWork) -> str:
        found = choose_agent(await _read(uow), name)
        try:
            await delete_ai_agent(uow, found.id, by=CONSOLE)
        except AiAgentNeededError as error:
            raise UpkeepError(str(error)) from None
        return found.name

    return await desk.transactions.run(work)


async def _read(uow: UnitOfWork) -> list[AiAgentRow]:
    return await list_ai_agents(uow.tx, start=None, limit=_MOST)
