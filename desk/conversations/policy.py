"""Decisions, as pure functions: they take what is known, and `now`, and touch nothing."""

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
    """Choose who takes the next session: the fewest open ones, then the longest without a new one.

    Returns None when nobody has room.
    """
    with_room = (each for each in candidates if each.active_sessions < each.capacity)
    return min(
        with_room,
        key=lambda each: (each.active_sessions, each.last_assigned_at or _NEVER, each.agent_id),
        default=None,
    )


def retry_delay(attempts: int, *, base: float = 1.0, most: float = 60.0, jitter: float) -> float:
    """Tell how many seconds to wait before try number `attempts` + 1.

    Doubles from `base` up to `most`; `jitter` (0 to 1) spreads it over the upper half.
    """
    full = min(most, base * 2.0 ** min(attempts, 30))
    return full * (0.5 + 0.5 * jitter)
