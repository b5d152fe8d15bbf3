"""What a canned reply does beside its text: a macro."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from db.ids import AgentId
from db.tables import Priority

MAX_SNOOZE_MINUTES = 366 * 24 * 60
_UNITS = ((24 * 60, "d"), (60, "h"), (1, "m"))


@dataclass(frozen=True, slots=True)
class CannedActions:
    """Tags and a priority for the session, and one way on for it: to an agent, aside, or ended."""

    tags: Sequence[str] = ()
    priority: Priority | None = None
    agent_id: AgentId | None = None
    snooze_minutes: int | None = None
    end: bool = False

    @property
    def ways(self) -> int:
        """Return in how many ways the session would go on; more than one contradict each other."""
        return sum([self.agent_id is not None, self.snooze_minutes is not None, self.end])


def read_actions(stored: Mapping[str, Any] | None) -> CannedActions | None:
    """Read the actions of a reply as they are stored; None: it is a text only."""
    if stored is None:
        return None
    return CannedActions(
        tags=tuple(stored["tags"]),
        priority=None if stored["priority"] is None else Priority(stored["priority"]),
        agent_id=stored["agent_id"],
        snooze_minutes=stored["snooze_minutes"],
        end=stored["end"],
    )


def describe_as_commands(actions: CannedActions, agent: str) -> str:
    """Describe the actions by the commands that agents know, such as `/tag refund · /end`."""
    minutes = actions.snooze_minutes or 0
    size, unit = next((each for each in _UNITS if minutes % each[0] == 0), _UNITS[-1])
    commands = (
        actions.tags and f"/tag {', '.join(actions.tags)}",
        actions.priority and f"/priority {actions.priority.value}",
        actions.agent_id and f"/transfer {agent}",
        minutes and f"/snooze {minutes // size}{unit}",
        actions.end and "/end",
    )
    return " · ".join(str(each) for each in commands if each)
