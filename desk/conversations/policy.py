"""Assignment policy: pure functions without side effects."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from db.ids import AgentId

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An agent who is online and serves the channel."""

    agent_id: AgentId
    name: str
    active_sessions: int
    capacity: int
    last_assigned_at: datetime | None


def choose_agent(candidates: Iterable[Candidate]) -> Candidate | None:
    """Choose the agent with the fewest sessions; of equals, the one longest without a new one.

    Returns None if nobody has room.
    """
    with_room = (each for each in candidates if each.active_sessions < each.capacity)
    return min(
        with_room,
        key=lambda each: (each.active_sessions, each.last_assigned_at or _NEVER, each.agent_id),
        default=None,
    )
