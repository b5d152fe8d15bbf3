"""Routes for AI agents."""

from api.access.permissions import AccessRule
from api.ai import agents, judging, logs, translations, trials
from api.errors.problems import Conflict, ProviderUnavailable, ReplyWindowClosed
from api.routing.route import Route
from api.sending import suggestions
from api.sessions import actions

AI: tuple[Route, ...] = (
    Route("GET", "/ai-agents", agents.list_ai_agents, "List AI agents"),
    Route(
        "POST",
        "/ai-agents",
        agents.create,
        "Create an AI agent",
        access=AccessRule.ADMIN,
        raises=(Conflict,),
        status=201,
    ),
    Route("GET", "/ai-agents/{agent_id}", agents.show, "Show an AI agent"),
    Route(
        "PATCH",
        "/ai-agents/{agent_id}",
        agents.change,
        "Change an AI agent",
        access=AccessRule.ADMIN,
        raises=(Conflict,),
    ),
    Route(
        "DELETE",
        "/ai-agents/{agent_id}",
        agents.delete,
        "Delete an AI agent",
        access=AccessRule.ADMIN,
        status=204,
        raises=(Conflict,),
    ),
    Route(
        "POST",
        "/ai-agents/{agent_id}/ask",
        trials.ask,
        "Ask an AI agent a question",
        access=AccessRule.ADMIN,
    ),
    Route(
        "POST",
        "/ai-agents/{agent_id}/replay",
        trials.replay,
        "Ask an AI agent past questions again",
        access=AccessRule.ADMIN,
    ),
    Route(
        "PUT",
        "/sessions/{session_id}/ai",
        actions.change_ai_mode,
        "Choose what AI agents do in a session",
        status=204,
        raises=(Conflict,),
    ),
    Route("GET", "/suggestions", suggestions.list_open, "List AI suggestions"),
    Route("GET", "/suggestions/{suggestion_id}", suggestions.show, "Show an AI suggestion"),
    Route(
        "POST",
        "/suggestions/{suggestion_id}/send",
        suggestions.send,
        "Send an AI suggestion",
        status=201,
        raises=(Conflict, ReplyWindowClosed),
    ),
    Route(
        "POST",
        "/suggestions/{suggestion_id}/drop",
        suggestions.drop,
        "Drop an AI suggestion",
        raises=(Conflict,),
    ),
    Route(
        "POST",
        "/messages/{message_id}/translate",
        translations.translate,
        "Translate a message",
        raises=(Conflict, ProviderUnavailable),
    ),
    Route(
        "POST",
        "/messages/{message_id}/wrong",
        judging.judge_wrong,
        "Count an AI answer as wrong",
        status=204,
        raises=(Conflict,),
    ),
    Route("GET", "/ai-logs", logs.list_logs, "List AI answers", access=AccessRule.ADMIN),
    Route("GET", "/ai-logs/{log_id}", logs.show_log, "Show an AI answer", access=AccessRule.ADMIN),
    Route("GET", "/ai-turns", logs.list_turns, "List turns", access=AccessRule.ADMIN),
    Route("GET", "/ai-turns/{turn_id}", logs.show_turn, "Show a turn", access=AccessRule.ADMIN),
    Route("GET", "/ai-usage", logs.show_usage, "Show used tokens", access=AccessRule.ADMIN),
)
