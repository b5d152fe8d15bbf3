"""Choose the AI agent that a command is about."""

from collections.abc import Sequence

from db.queries.ai.configs import AiAgentRow
from scripts.upkeep.errors import UpkeepError


def choose_agent(rows: Sequence[AiAgentRow], name: str | None) -> AiAgentRow:
    """Choose an AI agent by its name or id; the only one, if none is named. Raise UpkeepError."""
    found = [row for row in rows if name is None or name in {row.name, str(row.id)}]
    if len(found) == 1:
        return found[0]
    names = ", ".join(sorted(row.name for row in rows))
    if not rows:
        raise UpkeepError("there is no AI agent: create one with POST /api/v1/ai-agents")
    if name is None:
        raise UpkeepError(f"there are several AI agents: choose one with --agent ({names})")
    raise UpkeepError(f"there is no AI agent {name}: there are {names}")
