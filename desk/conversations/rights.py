"""The right to change a session: one rule for the API, for commands and for buttons."""

from typing import Protocol

from db.ids import AgentId, SessionId
from db.queries.conversations.threads import Thread
from desk.actors import Actor, ActorKind, AgentActor

_THE_DESK = {ActorKind.RULE, ActorKind.SYSTEM}


class Location(Protocol):
    """A session, or a message with the session in which it was said."""

    @property
    def session_id(self) -> SessionId | None: ...

    @property
    def cs_id(self) -> AgentId | None: ...


def is_visible(viewer: AgentId | None, *, holder: AgentId | None, is_open: bool) -> bool:
    """Check whether a viewer sees a session: they hold or held it, or it waits; None sees all.

    While an AI agent holds a session, `holder` is None: any agent sees it and may take it over.
    """
    return viewer is None or (is_open if holder is None else holder == viewer)


def may_change(actor: Actor, *, holder: AgentId | None, is_open: bool) -> bool:
    """Check whether an actor may change a session that `holder` holds or held.

    Administrators may change every session, also those who act as the staff group: Telegram
    vouches for them. So may rules and the desk itself. An agent may change what they see.
    """
    if actor.is_admin or actor.anonymous_in is not None or actor.kind in _THE_DESK:
        return True
    return isinstance(actor, AgentActor) and is_visible(
        actor.agent_id, holder=holder, is_open=is_open
    )


def may_change_open(actor: Actor, thread: Thread) -> bool:
    """Check whether an actor may change the thread's open session; anyone may if there is none."""
    holder = find_human_holder(thread)
    return thread.session_id is None or may_change(actor, holder=holder, is_open=True)


def find_holder(thread: Thread, place: Location) -> tuple[AgentId | None, bool]:
    """Return the holder of a session of the thread, and whether it is open, under the lock.

    `place` was read before the lock: the holder may have changed since.
    """
    if thread.session_id is not None and thread.session_id == place.session_id:
        return find_human_holder(thread), True
    return place.cs_id, False


def find_human_holder(thread: Thread) -> AgentId | None:
    """Return who has the right of the holder: any agent may change what an AI agent holds."""
    return None if thread.is_held_by_ai else thread.holder_id
