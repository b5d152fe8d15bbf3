"""Who may do what: the only place where the API decides that.

A route names its rule in the table. What a route touches is bounded by `sight`: a CS sees sessions
that are theirs or wait for somebody; what they do not see is answered as if it were not there.
"""

from enum import Enum

from api.caller import Caller
from api.errors import NotFound, NotLoggedIn, Refused, SecondFactorFirst
from db.ids import AgentId


class Rule(Enum):
    """Who may call a route."""

    ANYONE = "anyone, logged in or not"
    ENROLLING = "whoever is logged in, even before the second factor that they must set up"
    LOGGED_IN = "whoever is logged in"
    ADMIN = "administrators"


def admit(rule: Rule, caller: Caller | None) -> None:
    """Let the caller pass; raises NotLoggedIn, SecondFactorFirst or Refused."""
    if rule is Rule.ANYONE:
        return
    if caller is None:
        raise NotLoggedIn
    if caller.must_enrol and rule is not Rule.ENROLLING:
        raise SecondFactorFirst
    if rule is Rule.ADMIN and not caller.is_admin:
        raise Refused("administrators only")


def sight(caller: Caller) -> AgentId | None:
    """Tell whose eyes a list is read with; None: everything is shown.

    With an agent's eyes one sees the sessions that this agent holds, and those that wait.
    """
    return None if caller.is_admin else caller.agent_id


def sees(caller: Caller, *, holder: AgentId | None, is_open: bool) -> bool:
    """Tell whether the caller may see and touch a session that `holder` holds, or held."""
    waits = is_open and holder is None
    return caller.is_admin or waits or (holder is not None and holder == caller.agent_id)


def must_see(caller: Caller, *, holder: AgentId | None, is_open: bool) -> None:
    """Raise NotFound unless the caller may see and touch this session."""
    if not sees(caller, holder=holder, is_open=is_open):
        raise NotFound


def must_be(caller: Caller, agent_id: AgentId) -> None:
    """Raise NotFound unless the caller is this agent, or an administrator."""
    if not caller.is_admin and caller.agent_id != agent_id:
        raise NotFound
