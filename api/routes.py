"""Every route of the API: the one table that is served, described, and tested."""

from api.auth import devices, log_in, me, reset, second_factor
from api.channels import channels, checking, hours
from api.clients import clients, export
from api.conversations import lists as conversations
from api.errors import (
    BadCredentials,
    BadRequest,
    Conflict,
    FileOutOfReach,
    LengthRequired,
    NoSuchRange,
    NotFound,
    NotLoggedIn,
    ProviderRefused,
    SecondFactorNeeded,
    TooManyRequests,
)
from api.events import streaming
from api.files import form, send, show
from api.files.models import FileForm
from api.people import agents, users
from api.policy import Rule
from api.route import JSON, Route
from api.sending import revise, say
from api.sessions import lists as sessions
from api.sessions import steering

# Who must still set up a second factor can do this much.
_SELF = Rule.ENROLLING

ROUTES: tuple[Route, ...] = (
    # Logging in and out
    Route(
        "POST",
        "/auth/login",
        log_in.log_in,
        "Log in",
        may=Rule.ANYONE,
        raises=(BadCredentials, SecondFactorNeeded, TooManyRequests),
    ),
    Route(
        "POST",
        "/auth/refresh",
        log_in.refresh,
        "Stay logged in",
        may=Rule.ANYONE,
        raises=(NotLoggedIn,),
    ),
    Route("POST", "/auth/logout", log_in.log_out, "Log out", may=_SELF, status=204),
    Route(
        "POST",
        "/auth/logout-all",
        log_in.log_out_everywhere,
        "Log out everywhere",
        may=_SELF,
        status=204,
    ),
    Route("GET", "/auth/log-ins", devices.list_mine, "Where am I logged in?", may=_SELF),
    Route(
        "DELETE",
        "/auth/log-ins/{log_in_id}",
        devices.end_one,
        "Log out there",
        may=_SELF,
        status=204,
    ),
    Route(
        "POST", "/auth/reset", reset.redeem, "Set a password by a link", may=Rule.ANYONE, status=204
    ),
    # One's own account
    Route("GET", "/auth/me", me.show, "Who am I?", may=_SELF),
    Route(
        "PATCH",
        "/auth/me",
        me.change,
        "Change my name, status or password",
        raises=(Conflict, TooManyRequests),
    ),
    Route("GET", "/auth/second-factor", second_factor.show, "My second factor", may=_SELF),
    Route(
        "POST",
        "/auth/second-factor",
        second_factor.enrol,
        "Set up a second factor",
        may=_SELF,
        raises=(Conflict, TooManyRequests),
    ),
    Route(
        "POST",
        "/auth/second-factor/confirm",
        second_factor.confirm,
        "Switch the second factor on",
        may=_SELF,
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
        raises=(TooManyRequests,),
    ),
    # Users
    Route("GET", "/users", users.list_users, "List users", may=Rule.ADMIN),
    Route(
        "POST",
        "/users",
        users.create,
        "Make a user",
        may=Rule.ADMIN,
        status=201,
        raises=(Conflict,),
    ),
    Route("GET", "/users/{user_id}", users.show, "Show a user", may=Rule.ADMIN),
    Route(
        "PATCH",
        "/users/{user_id}",
        users.change,
        "Change or disable a user",
        may=Rule.ADMIN,
        raises=(Conflict,),
    ),
    Route(
        "POST",
        "/users/{user_id}/reset-link",
        users.issue_link,
        "Make a link to choose a password",
        may=Rule.ADMIN,
        status=201,
        raises=(Conflict,),
    ),
    Route(
        "DELETE",
        "/users/{user_id}/log-ins",
        users.log_out,
        "Log a user out everywhere",
        may=Rule.ADMIN,
        status=204,
    ),
    Route(
        "DELETE",
        "/users/{user_id}/second-factor",
        users.drop_second_factor,
        "Switch a lost second factor off",
        may=Rule.ADMIN,
        status=204,
    ),
    # Channels
    Route("GET", "/channels", channels.list_channels, "List channels", may=Rule.ADMIN),
    Route(
        "POST",
        "/channels",
        channels.create,
        "Add a bot",
        may=Rule.ADMIN,
        status=201,
        raises=(Conflict,),
    ),
    Route("GET", "/channels/{channel_id}", channels.show, "Show a channel", may=Rule.ADMIN),
    Route(
        "PATCH",
        "/channels/{channel_id}",
        channels.change,
        "Change a channel, switch it off or on",
        may=Rule.ADMIN,
        raises=(Conflict,),
    ),
    Route(
        "PUT",
        "/channels/{channel_id}/credentials",
        channels.renew_credentials,
        "Give a channel another token",
        may=Rule.ADMIN,
        raises=(Conflict,),
    ),
    Route(
        "POST",
        "/channels/{channel_id}/test",
        checking.check,
        "Ask whether all is well",
        may=Rule.ADMIN,
        raises=(Conflict,),
    ),
    Route(
        "GET",
        "/channels/{channel_id}/staff-groups",
        checking.list_groups,
        "List staff groups",
        may=Rule.ADMIN,
    ),
    Route(
        "POST",
        "/channels/{channel_id}/staff-groups",
        checking.add,
        "Add a staff group",
        may=Rule.ADMIN,
        status=201,
        raises=(Conflict,),
    ),
    Route(
        "DELETE",
        "/channels/{channel_id}/staff-groups/{group}",
        checking.remove,
        "Remove a staff group",
        may=Rule.ADMIN,
        status=204,
        raises=(Conflict,),
    ),
    Route("GET", "/channels/{channel_id}/hours", hours.show, "Show opening hours", may=Rule.ADMIN),
    Route("PUT", "/channels/{channel_id}/hours", hours.put, "Set opening hours", may=Rule.ADMIN),
    Route(
        "DELETE",
        "/channels/{channel_id}/hours",
        hours.remove,
        "Have no opening hours",
        may=Rule.ADMIN,
        status=204,
    ),
    # Agents
    Route("GET", "/agents", agents.list_agents, "List agents, or who is online"),
    Route("GET", "/agents/{agent_id}", agents.show, "Show an agent"),
    Route(
        "PATCH",
        "/agents/{agent_id}",
        agents.change,
        "Change an agent",
        may=Rule.ADMIN,
        raises=(Conflict,),
    ),
    Route(
        "POST",
        "/agents/{agent_id}/link-code",
        agents.issue_code,
        "Bind a Telegram account",
        status=201,
        raises=(Conflict,),
    ),
    Route(
        "DELETE",
        "/agents/{agent_id}/telegram",
        agents.unlink,
        "Unbind a Telegram account",
        status=204,
        raises=(Conflict,),
    ),
    # Sessions
    Route("GET", "/sessions", sessions.list_all, "List sessions"),
    Route("GET", "/sessions/{session_id}", sessions.show, "Show a session"),
    Route(
        "GET",
        "/sessions/{session_id}/messages",
        sessions.list_messages,
        "List a session's messages",
    ),
    Route("POST", "/sessions/{session_id}/read", steering.read, "Mark as read", status=204),
    Route(
        "POST",
        "/sessions/{session_id}/claim",
        steering.claim,
        "Take a session that waits",
        raises=(Conflict,),
    ),
    Route(
        "POST",
        "/sessions/{session_id}/assign",
        steering.assign,
        "Give a session to an agent",
        may=Rule.ADMIN,
        raises=(Conflict,),
    ),
    Route(
        "POST",
        "/sessions/{session_id}/transfer",
        steering.transfer,
        "Hand a session to another agent",
        raises=(Conflict,),
    ),
    Route(
        "POST",
        "/sessions/{session_id}/end",
        steering.end,
        "End a session",
        raises=(Conflict,),
    ),
    Route(
        "POST",
        "/sessions/{session_id}/reopen",
        steering.reopen,
        "Reopen a session",
        raises=(Conflict,),
    ),
    # Conversations
    Route("GET", "/conversations", conversations.list_all, "List conversations"),
    Route("GET", "/conversations/{conversation_id}", conversations.show, "Show a conversation"),
    Route(
        "GET",
        "/conversations/{conversation_id}/messages",
        conversations.list_messages,
        "List a conversation's messages",
    ),
    Route(
        "POST",
        "/conversations/{conversation_id}/read",
        conversations.read,
        "Mark all of it as read",
        status=204,
    ),
    # Clients
    Route("GET", "/clients", clients.list_all, "List clients"),
    Route("GET", "/clients/{client_id}", clients.show, "Show a client"),
    Route("PATCH", "/clients/{client_id}", clients.change, "Rename a client"),
    Route(
        "GET", "/clients/{client_id}/sessions", clients.list_sessions, "List a client's sessions"
    ),
    Route("POST", "/clients/{client_id}/block", clients.block, "Block a client"),
    Route("POST", "/clients/{client_id}/unblock", clients.unblock, "Unblock a client"),
    Route(
        "GET",
        "/clients/{client_id}/export",
        export.export,
        "Give out all that is kept of a client",
        may=Rule.ADMIN,
        streams=(JSON,),
    ),
    # Sending
    Route(
        "POST",
        "/sessions/{session_id}/messages",
        say.say,
        "Answer, or note something down",
        status=201,
        raises=(Conflict,),
    ),
    Route(
        "POST",
        "/sessions/{session_id}/files",
        send.send_file,
        "Send a file",
        status=201,
        consumes=form.FORM,
        form=FileForm,
        raises=(Conflict, LengthRequired),
    ),
    Route(
        "PATCH",
        "/messages/{message_id}",
        revise.change,
        "Change what an answer says",
        raises=(Conflict,),
    ),
    Route(
        "DELETE",
        "/messages/{message_id}",
        revise.delete,
        "Take an answer back",
        raises=(Conflict,),
    ),
    Route(
        "POST",
        "/messages/{message_id}/resend",
        revise.resend,
        "Send an uncertain answer again",
        raises=(Conflict,),
    ),
    Route(
        "POST",
        "/messages/{message_id}/settle",
        revise.settle,
        "Note that an uncertain answer arrived",
        raises=(Conflict,),
    ),
    Route(
        "GET",
        "/messages/{message_id}/file",
        show.show_file,
        "Fetch a message's file",
        streams=("*/*",),
        also=(206, 304),
        raises=(Conflict, FileOutOfReach, NoSuchRange, ProviderRefused),
    ),
    # Live
    Route(
        "GET",
        "/events",
        streaming.listen,
        "Hear what happens, live",
        streams=("text/event-stream",),
        raises=(BadRequest, NotFound, TooManyRequests),
    ),
)
