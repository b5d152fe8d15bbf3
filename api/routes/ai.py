"""Routes for AI agents."""

from api.access.permissions import AccessRule
from api.ai import agents
from api.errors.problems import Conflict
from api.routing.route import Route

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
)
