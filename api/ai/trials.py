"""Try AI agents: ask a question, or ask past questions again; nothing is sent or stored.

Tokens of a model count for the day.
"""

from dataclasses import asdict

from api.ai.agents import read_changed_columns
from api.ai.models import AiConfigModel
from api.ai.trial_models import (
    AskBody,
    ReplayBody,
    ReplayCountsOut,
    ReplayedTurnOut,
    ReplayOut,
    ReplayQuery,
    TriedAnswerOut,
)
from api.errors.problems import NotFound
from api.schemas.pagination import Cursor
from db.ids import AgentId
from db.tables import AgentLevel
from desk.ai.errors import UnknownAiAgentError
from desk.ai.gate import AiTrials
from desk.ai.trials.results import ConfigChanges, ReplayedTurn, TriedAnswer, count


async def ask(trials: AiTrials, agent_id: AgentId, body: AskBody) -> TriedAnswerOut:
    """Ask an AI agent a question, as a new customer would; nothing is sent or stored."""
    changes = _read_changes(body.config, body.level)
    try:
        answer = await trials.ask(agent_id, body.question, body.language, changes)
    except UnknownAiAgentError:
        raise NotFound from None
    return _to_schema(answer)


async def replay(
    trials: AiTrials, agent_id: AgentId, query: ReplayQuery, body: ReplayBody
) -> ReplayOut:
    """Ask the questions of an agent's log again, perhaps with another configuration.

    Shows both answers side by side; nothing is sent or stored.
    """
    changes = _read_changes(body.config, body.level)
    try:
        page = await trials.replay(agent_id, changes, start=query.start, limit=query.limit)
    except UnknownAiAgentError:
        raise NotFound from None
    last = page.turns[-1] if page.turns and page.has_more else None
    return ReplayOut(
        items=[_replayed_to_schema(each) for each in page.turns],
        counts=ReplayCountsOut(**asdict(count(page.turns))),
        next=None if last is None else str(Cursor(last.asked_at, last.log_id)),
    )


def _read_changes(config: AiConfigModel | None, level: AgentLevel | None) -> ConfigChanges:
    return ConfigChanges({} if config is None else read_changed_columns(config), level)


def _to_schema(answer: TriedAnswer) -> TriedAnswerOut:
    return TriedAnswerOut.model_validate(answer)


def _replayed_to_schema(turn: ReplayedTurn) -> ReplayedTurnOut:
    return ReplayedTurnOut.model_validate(turn)
