"""Decide who may do what. This is the only place where the API decides that.

Who may change a session is a rule of the desk (desk/conversations/rights.py), as in the topics.

Each route names its access rule in the route table. `visibility_scope` limits what a route can read
and change: a CS agent sees the sessions that they hold, those that are waiting, and those that an
AI agent holds, which they may take over. A session that the caller may not see is answered as not
found.
"""

from datetime import datetime, timedelta
from enum import Enum

from api.access.caller import Caller
from api.errors.problems import Forbidden, NotFound, SecondFactorSetupRequired, Unauthorized
from db.ids import AgentId
from db.queries.conversations.session_rows import SessionRow
from db.tables import AgentKind, EventKind, SessionStatus
from desk.conversations.rights import is_visible, may_change
from desk.live.details import EventDetails

# A list may stay on a screen for this long before someone acts on it.
_STALE_LIST_GRACE = timedelta(minutes=1)


class AccessRule(Enum):
    """The callers that a route allows."""

    ANYONE = "anyone, also without a log-in"
    ENROLLING = "every logged-in user, also before setting up a required second factor"
    LOGGED_IN = "every logged-in user"
    ADMIN = "administrators"


def check_access(rule: AccessRule, caller: Caller | None) -> None:
    """Check the access rule.

    Raises Unauthorized, SecondFactorSetupRequired or Forbidden.
    """
    if rule is AccessRule.ANYONE:
        return
    if caller is None:
        raise Unauthorized
    if caller.must_enrol and rule is not AccessRule.ENROLLING:
        raise SecondFactorSetupRequired
    if rule is AccessRule.ADMIN and not caller.is_admin:
        raise Forbidden("only administrators may do this")


def visibility_scope(caller: Caller) -> AgentId | None:
    """Return the agent whose sessions a list may contain; None means all sessions.

    An agent sees the sessions that they hold or held, and open ones that wait or an AI agent holds.
    """
    return None if caller.is_admin else caller.agent_id


def can_see(caller: Caller, *, holder: AgentId | None, is_open: bool) -> bool:
    """Check whether the caller may see and change a session that `holder` holds or held."""
    return may_change(caller.actor, holder=holder, is_open=is_open)


def require_visible(caller: Caller, *, holder: AgentId | None, is_open: bool) -> None:
    """Raise NotFound unless the caller may see and change this session."""
    if not can_see(caller, holder=holder, is_open=is_open):
        raise NotFound


class Visibility(Enum):
    """How much of an event a subscriber receives."""

    ALL = "the event with its subject"
    HIDDEN = "only that the session is hidden now"
    NOTHING = "nothing"


def decide_visibility(viewer: AgentId | None, event: EventDetails) -> Visibility:
    """Decide how much of an event a viewer may see, by the current state of its session."""
    session = event.session
    if event.kind in {EventKind.CHANNEL_LINK, EventKind.BROADCAST_CHANGED}:
        return Visibility.ALL if viewer is None else Visibility.NOTHING
    if event.kind is EventKind.MENTIONS_CHANGED:
        # Administrators share one stream: theirs are told apart by the agent.
        return Visibility.ALL if viewer in {None, event.agent_id} else Visibility.NOTHING
    if session is None or is_visible(
        viewer, holder=session.human_holder, is_open=session.status is SessionStatus.ACTIVE
    ):
        return Visibility.ALL
    return Visibility.HIDDEN if _may_have_seen(viewer, event, session) else Visibility.NOTHING


def _may_have_seen(viewer: AgentId | None, event: EventDetails, session: SessionRow) -> bool:
    """Check whether the viewer may have seen the session before this event hid it."""
    match event.kind:
        case EventKind.SESSION_ASSIGNED:
            return True  # it was waiting
        case EventKind.SESSION_ENDED:
            return session.cs_id is None or session.cs_kind is AgentKind.AI
        case EventKind.SESSION_TRANSFERRED | EventKind.SESSION_REOPENED:
            more = event.more or {}
            return more.get("from") == viewer or bool(more.get("from_ai"))
    return False


def was_waiting_recently(given_at: datetime | None, now: datetime) -> bool:
    """Check whether the session may still stand as waiting on someone's screen.

    `given_at` is the time when the current holder got the session. Shortly after that, an agent who
    tries to take the session gets a conflict that says who was faster, not a 404.
    """
    return given_at is not None and now - given_at < _STALE_LIST_GRACE


def require_self_or_admin(caller: Caller, agent_id: AgentId) -> None:
    """Raise NotFound unless the caller is this agent or an administrator."""
    if not caller.is_admin and caller.agent_id != agent_id:
        raise NotFound
