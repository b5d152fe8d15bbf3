"""The agents who view a session, or compose in it, at the moment: in memory alone, for staff.

A page says so again and again while it is true; what was not repeated is forgotten.
"""

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum

from db.ids import AgentId, ChannelId, SessionId

# A page repeats it three times as often.
LIFETIME_SECONDS = 30.0
# What is repeated sooner is not told again.
_REPEAT_SECONDS = 5.0
# More sessions than agents have open at the same time; above it, what is forgotten is removed.
_MAX_SESSIONS = 2000


class PresenceState(StrEnum):
    """What an agent does in a session."""

    VIEWING = "viewing"
    COMPOSING = "composing"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Presence:
    """An agent in a session, and who may know: those who see the session."""

    session_id: SessionId
    channel_id: ChannelId
    agent_id: AgentId
    agent_name: str
    state: PresenceState
    # Who has the right of the session's holder, and whether it is open.
    holder: AgentId | None
    is_open: bool


class PresenceBoard:
    """The agents of all sessions, as far as this process was told."""

    def __init__(self) -> None:
        # By session and agent, with the time when it was noted.
        self._noted: dict[SessionId, dict[AgentId, tuple[Presence, float]]] = defaultdict(dict)

    def note(self, presence: Presence, now: float) -> bool:
        """Note what an agent does; return False if the others know it already."""
        agents = self._noted[presence.session_id]
        known = agents.pop(presence.agent_id, None)
        if presence.state is PresenceState.LEFT:
            self._drop_empty(presence.session_id)
            return known is not None
        if known is not None and known[0] == presence and now - known[1] < _REPEAT_SECONDS:
            agents[presence.agent_id] = known
            return False
        agents[presence.agent_id] = presence, now
        if len(self._noted) > _MAX_SESSIONS:
            self._forget_old(now)
        return True

    def list_others(self, session_id: SessionId, but: AgentId, now: float) -> list[Presence]:
        """List the other agents in a session, those who came first at the beginning."""
        agents = self._noted.get(session_id, {})
        return [
            each
            for each, at in agents.values()
            if each.agent_id != but and now - at < LIFETIME_SECONDS
        ]

    def _drop_empty(self, session_id: SessionId) -> None:
        if not self._noted[session_id]:
            del self._noted[session_id]

    def _forget_old(self, now: float) -> None:
        for session_id in list(self._noted):
            agents = self._noted[session_id]
            for agent_id in [
                each for each, (_, at) in agents.items() if now - at > LIFETIME_SECONDS
            ]:
                del agents[agent_id]
            self._drop_empty(session_id)
