"""Read the suggestions of AI agents."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import AgentId, AiTurnId
from db.queries.ai.scope import AiScope
from db.queries.lists.keyset import PageStart, paginate
from db.queries.lists.visibility import is_visible_to
from db.tables import Agent, AiTurn, Session, SessionStatus

turns = get_table(AiTurn)
agents = get_table(Agent)
sessions = get_table(Session)

_SUGGESTIONS: Select[Any] = select(AiTurn, agents.c.name).join(
    agents, agents.c.id == turns.c.agent_id
)


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """A turn with a draft, and the name of its AI agent."""

    turn: AiTurn
    agent_name: str


async def list_suggestions(
    tx: AsyncSession,
    scope: AiScope,
    *,
    viewer: AgentId | None,
    start: PageStart | None,
    limit: int,
) -> list[SuggestionRow]:
    """Read a page of the drafts that stand in open sessions, and one more, newest first.

    `viewer` sees those of their sessions; None sees all.
    """
    statement = _SUGGESTIONS.join(sessions, sessions.c.id == turns.c.suggested_session_id).where(
        sessions.c.status == SessionStatus.ACTIVE, *scope.list_conditions(turns)
    )
    if viewer is not None:
        statement = statement.where(is_visible_to(sessions, viewer))
    paged = paginate(statement, turns.c.created_at, turns.c.id, start=start, limit=limit)
    return [SuggestionRow(*row) for row in await tx.execute(paged)]


async def find_suggestion(tx: AsyncSession, turn_id: AiTurnId) -> SuggestionRow | None:
    """Read the suggestion of a turn, also a settled one; None: the turn has no draft."""
    wanted = _SUGGESTIONS.where(turns.c.id == turn_id, turns.c.draft.is_not(None))
    row = (await tx.execute(wanted.execution_options(populate_existing=True))).first()
    return SuggestionRow(*row) if row else None
