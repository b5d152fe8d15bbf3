"""Show other agents who is viewing a session or composing in it; customers never learn of it."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Literal

import structlog
from pydantic import Field

from api.access.caller import Caller
from api.access.session_access import find_visible_session
from api.events.hub import Hub
from api.schemas.base import RequestBody, ResponseModel, Ulid
from db.ids import AgentId, ChannelId, SessionId
from db.tables.base import now_utc
from desk.live.presence import LIFETIME_SECONDS, Presence, PresenceBoard, PresenceState
from desk.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)
Send = Callable[[bytes], None]


class PresenceChange(RequestBody):
    """What I do in the session now."""

    state: PresenceState = Field(
        description=f"say it every 10 seconds while it is true; it is forgotten after"
        f" {LIFETIME_SECONDS:g}"
    )


class PresentAgent(ResponseModel):
    """Another agent in the session."""

    agent_id: Ulid
    name: str
    state: Literal[PresenceState.VIEWING, PresenceState.COMPOSING]


class PresentAgents(ResponseModel):
    """The other agents in the session."""

    others: list[PresentAgent]


class Presences:
    """Sends who is where to the streams of all processes."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._board = PresenceBoard()
        # Sends to the other processes, if there are any.
        self.send: Send = lambda _: None

    def announce(self, presence: Presence) -> None:
        """Note a presence, and send it to every process."""
        if self._note(presence, now_utc()):
            self.send(json.dumps(asdict(presence)).encode())

    def list_others(self, session_id: SessionId, but: AgentId) -> list[Presence]:
        """List the other agents in a session."""
        return self._board.list_others(session_id, but, time.monotonic())

    def receive(self, payload: bytes) -> None:
        """Note what another process was told."""
        try:
            told = json.loads(payload)
            presence = Presence(
                SessionId(told["session_id"]),
                ChannelId(told["channel_id"]),
                AgentId(told["agent_id"]),
                str(told["agent_name"]),
                PresenceState(told["state"]),
                None if told["holder"] is None else AgentId(told["holder"]),
                bool(told["is_open"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            log.warning("presence.unreadable", error=type(error).__name__)
            return
        self._note(presence, now_utc())

    def _note(self, presence: Presence, at: datetime) -> bool:
        is_news = self._board.note(presence, time.monotonic())
        if is_news:
            self._hub.broadcast_presence(presence, at)
        return is_news


async def set_presence(
    uow: UnitOfWork,
    caller: Caller,
    session_id: SessionId,
    body: PresenceChange,
    presences: Presences,
) -> PresentAgents:
    """Show other agents that I view a session or compose in it, and list who else does.

    It is not stored. Who sees the session gets the event `presence`.
    """
    place = await find_visible_session(uow, caller, session_id)
    presences.announce(
        Presence(
            session_id,
            place.channel_id,
            caller.agent_id,
            caller.name,
            body.state,
            holder=place.human_holder,
            is_open=place.is_open,
        )
    )
    others = presences.list_others(session_id, caller.agent_id)
    return PresentAgents(
        others=[
            PresentAgent(agent_id=each.agent_id, name=each.agent_name, state=each.state)
            for each in others
            if each.state is not PresenceState.LEFT
        ]
    )
