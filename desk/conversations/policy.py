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
    # All open ones, which the compare-and-set of an assignment compares.
    active_sessions: int
    # Those in which somebody wrote not long ago: the others do not count against the capacity.
    live_sessions: int
    capacity: int
    last_assigned_at: datetime | None


def choose_agent(
    candidates: Iterable[Candidate], preferred: AgentId | None = None
) -> Candidate | None:
    """Choose the agent with the fewest live sessions; of equals, who was longest without a new one.

    The `preferred` agent comes before all others. Returns None if nobody has room.
    """
    with_room = (each for each in candidates if each.live_sessions < each.capacity)
    return min(
        with_room,
        key=lambda each: (
            each.agent_id != preferred,
            each.live_sessions,
            each.last_assigned_at or _NEVER,
            each.agent_id,
        ),
        default=None,
    )
