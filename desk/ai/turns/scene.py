"""A turn with everything about it, as read under the lock of its conversation."""

from dataclasses import dataclass

from db.queries.conversations.threads import Thread
from db.tables import AiSession, AiTurn
from desk.ai.config import AiConfig
from desk.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Scene:
    """A turn, its session and its agent, in one transaction."""

    uow: UnitOfWork
    thread: Thread
    turn: AiTurn
    state: AiSession
    config: AiConfig
