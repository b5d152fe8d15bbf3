"""Routes for accounts: log-in, one's own account, users and agents."""

from api.access.permissions import AccessRule
from api.auth import devices, log_in, me, password_reset, second_factor
from api.errors.problems import (
    BadCredentials,
    Conflict,
    SecondFactorRequired,
    TooManyRequests,
    Unauthorized,
)
from api.people import agents, users
from api.routing.route import Route

# A user who must still set up a second factor may call these.
_SELF = AccessRule.ENROLLING

ACCOUNTS: tuple[Route, ...] = (
    # Log in and out
    Route(
        "POST",
        "/auth/login",
        log_in.log_in,
        "Log in",
        access=AccessRule.ANYONE,
        raises=(BadCredentials, SecondFactorRequired, TooManyRequests),
    ),
    Route(
        "POST",
        "/auth/refresh",
        log_in.refresh,
        "Refresh the tokens",
        access=AccessRule.ANYONE,
        raises=(Unauthorized,),
    ),
    Route("POST", "/auth/logout", log_in.log_out, "Log out", access=_SELF, status=204),
    Route(
        "POST",
        "/auth/logout-all",
        log_in.log_out_everywhere,
        "Log out everywhere",
        access=_SELF,
        status=204,
    ),
    Route("GET", "/auth/log-ins", devices.list_log_ins, "List my log-ins", access=_SELF),
    Route(
        "DELETE",
        "/auth/log-ins/{log_in_id}",
        devices.end_log_in,
        "End a log-in",
        access=_SELF,
        status=204,
    ),
    Route(
        "POST",
        "/auth/reset",
        password_reset.reset_password,
        "Set a password with a link",
        access=AccessRule.ANYONE,
        status=204,
    ),
    # One's own account
    Route("GET", "/auth/me", me.show, "Show my account", access=_SELF),
    Route(
        "PATCH",
        "/auth/me",
        me.change,
        "Change my name, status or password",
        raises=(Conflict, TooManyRequests),
    ),
    Route("GET", "/auth/second-factor", second_factor.show, "Show my second factor", access=_SELF),
    Route(
        "POST",
        "/auth/second-factor",
        second_factor.enrol,
        "Set up a second factor",
        access=_SELF,
        raises=(Conflict, TooManyRequests),
    ),
    Route(
        "POST",
        "/auth/second-factor/confirm",
        second_factor.confirm,
        "Switch the second factor on",
        access=_SELF,
        raises=(TooManyRequests,),
    ),
    Route(
        "POST",
        "/auth/second-factor/recovery-codes",
        second_factor.renew_codes,
        "Get new recovery codes",
        raises=(Conflict, TooManyRequests),
    ),
    Route(
        "POST",
        "/auth/second-factor/disable",
        second_factor.switch_off,
        "Switch the second factor off",
        status=204,
        raises=(Conflict, TooManyRequests),
    ),
    # Users
    Route("GET", "/users", users.list_users, "List users", access=AccessRule.ADMIN),
    Route(
        "POST",
        "/users",
        users.create,
        "Create a user",
        access=AccessRule.ADMIN,
        status=201,
        raises=(Conflict,),
    ),
    Route("GET", "/users/{user_id}", users.show, "Show a user", access=AccessRule.ADMIN),
    Route(
        "PATCH",
        "/users/{user_id}",
        users.change,
        "Change or disable a user",
        access=AccessRule.ADMIN,
        raises=(Conflict,),
    ),
    Route(
        "POST",
        "/users/{user_id}/reset-link",
        users.create_reset_link,
        "Create a link to choose a password",
        access=AccessRule.ADMIN,
        status=201,
        raises=(Conflict,),
    ),
    Route(
        "DELETE",
        "/users/{user_id}/log-ins",
        users.log_out,
        "Log a user out everywhere",
        access=AccessRule.ADMIN,
        status=204,
    ),
    Route(
        "DELETE",
        "/users/{user_id}/second-factor",
        users.remove_second_factor,
        "Switch off a user's second factor",
        access=AccessRule.ADMIN,
        status=204,
    ),
    # Agents
    Route("GET", "/agents", agents.list_agents, "List agents"),
    Route("GET", "/agents/{agent_id}", agents.show, "Show an agent"),
    Route(
        "PATCH",
        "/agents/{agent_id}",
        agents.change,
        "Change an agent",
        access=AccessRule.ADMIN,
        raises=(Conflict,),
    ),
    Route(
        "POST",
        "/agents/{agent_id}/link-code",
        agents.create_link_code,
        "Create a code that links a Telegram account",
        status=201,
        raises=(Conflict,),
    ),
    Route(
        "DELETE",
        "/agents/{agent_id}/telegram",
        agents.unlink_telegram,
        "Unlink a Telegram account",
        status=204,
        raises=(Conflict,),
    ),
)
