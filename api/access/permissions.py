"""Who may do what: the only place where the API decides that.

A route names its rule in the table. What a route touches is bounded by `sight`: a CS sees sessions
that are theirs or wait for somebody; what they do not see is answered as if it were not there.
"""

from datetime import datetime, timedelta
from enum import Enum

from api.access.caller import Caller
from api.errors.problems import Forbidden, NotFound, SecondFactorSetupRequired, Unauthorized
from db.ids import AgentId
from db.queries.conversations.session_rows import SessionRow
from db.tables import EventKind, SessionStatus
from desk.live.details import EventDetails

# As long as a list may stand on a screen before somebody acts on it.
_STALE_LIST_GRACE = timedelta(minutes=1)


class AccessRule(Enum):
    """Who may call a route."""

    ANYONE = "anyone, logged in or not"
    ENROLLING = "whoever is logged in, even before the second factor that they must set up"
    LOGGED_IN = "whoever is logged in"
    ADMIN = "administrators"


def check_access(rule: AccessRule, caller: Caller | None) -> None:
    """Let the caller pass; raises NotLoggedIn, SecondFactorFirst or Refused."""
    if rule is AccessRule.ANYONE:
        return
    if caller is None:
        raise Unauthorized
    if caller.must_enrol and rule is not AccessRule.ENROLLING:
        raise SecondFactorSetupRequired
    if rule is AccessRule.ADMIN and not caller.is_admin:
        raise Forbidden("administrators only")


def visibility_scope(caller: Caller) -> AgentId | None:
    """Tell whose eyes a list is read with; None: everything is shown.

    With an agent's eyes one sees the sessions that this agent holds, and those that wait.
    """
    return None if caller.is_admin else caller.agent_id


def can_see(caller: Caller, *, holder: AgentId | None, is_open: bool) -> bool:
    """Tell whether the caller may see and touch a session that `holder` holds, or held."""
    return _is_visible(visibility_scope(caller), holder, is_open)


def _is_visible(viewer: AgentId | None, holder: AgentId | None, is_open: bool) -> bool:
    return viewer is None or (is_open if holder is None else holder == viewer)


def require_visible(caller: Caller, *, holder: AgentId | None, is_open: bool) -> None:
    """Raise NotFound unless the caller may see and touch this session."""
    if not can_see(caller, holder=holder, is_open=is_open):
        raise NotFound


class Visibility(Enum):
    """How much somebody is told of an event."""

    ALL = "the event, with what it is about"
    HIDDEN = "that the session is out of their sight now"
    NOTHING = "nothing"


def decide_visibility(viewer: AgentId | None, told: EventDetails) -> Visibility:
    """Tell how much of an event is for the `eyes` that a list would be read with, as of now."""
    session = told.session
    if told.kind is EventKind.CHANNEL_LINK:
        return Visibility.ALL if viewer is None else Visibility.NOTHING
    if session is None or _is_visible(
        viewer, session.cs_id, session.status is SessionStatus.ACTIVE
    ):
        return Visibility.ALL
    return Visibility.HIDDEN if _may_have_seen(viewer, told, session) else Visibility.NOTHING


def _may_have_seen(viewer: AgentId | None, told: EventDetails, session: SessionRow) -> bool:
    """Tell whether the event may have taken a session out of their sight."""
    match told.kind:
        case EventKind.SESSION_ASSIGNED:
            return True  # it waited
        case EventKind.SESSION_ENDED:
            return session.cs_id is None
        case EventKind.SESSION_TRANSFERRED | EventKind.SESSION_REOPENED:
            return told.more is not None and told.more.get("from") == viewer
    return False


def was_waiting_recently(given_at: datetime | None, now: datetime) -> bool:
    """Tell whether somebody who tries to take a session may have seen it wait a moment ago.

    `given_at`: when its holder was last given one. Such a session is not hidden as others' are:
    they are told that somebody was faster.
    """
    return given_at is not None and now - given_at < _STALE_LIST_GRACE


def require_self_or_admin(caller: Caller, agent_id: AgentId) -> None:
    """Raise NotFound unless the caller is this agent, or an administrator."""
    if not caller.is_admin and caller.agent_id != agent_id:
        raise NotFound
