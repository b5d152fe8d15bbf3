"""The control API: faults, ordered answers, settings and recorded calls."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from aiohttp import web

from sandbox.common import control_api, control_rules
from sandbox.common.control_api import ControlRequestError
from sandbox.common.faults import ANY_CALL
from sandbox.common.json_shapes import Json
from sandbox.openai.errors import ApiError
from sandbox.openai.faults import CALLS, KINDS
from sandbox.openai.tuning import change_tuning
from sandbox.openai.world import OPENAI, World

PREFIX = "/control/openai"


def order_fault(world: World, request: web.Request, body: Json) -> Json:
    """Order a fault: call, kind, text, times, and the fields of the kind.

    That is status, code, param, message, retry_after, seconds or answer.
    """
    del request
    if body["call"] not in CALLS | {ANY_CALL}:
        raise ControlRequestError(f"call must be * or one of {', '.join(sorted(CALLS))}")
    return control_rules.order_fault(world, body, KINDS)


def order_answer(world: World, request: web.Request, body: Json) -> Json:
    """Order an answer: answer (text or object), when, where, times, echo, tokens_in, tokens_out."""
    del request
    world.scripts.order(body)
    return {"waiting": len(world.scripts.waiting)}


def clear_answers(world: World, request: web.Request, body: Json) -> Json:
    """Remove all ordered answers."""
    del request, body
    world.scripts.waiting.clear()
    return {"cleared": True}


def set_tuning(world: World, request: web.Request, body: Json) -> Json:
    """Change some settings and return all of them."""
    del request
    change_tuning(world.tuning, body)
    return asdict(world.tuning)


def list_calls(world: World, request: web.Request, body: Json) -> list[Json]:
    """Return the recorded calls, oldest first: call, model, form, after."""
    del body
    query = request.query
    wanted = {name: query.get(name) for name in ("call", "model", "form")}
    return world.calls.select(int(query.get("after") or 0), **wanted)


def show_state(world: World, request: web.Request, body: Json) -> Json:
    """Return the settings and how many calls there were at once."""
    del request, body
    return {**world.show(), "tuning": asdict(world.tuning)}


ROUTES = (
    ("GET", "/state", show_state),
    ("POST", "/faults", order_fault),
    ("GET", "/faults", control_rules.list_faults),
    ("DELETE", "/faults", control_rules.clear_faults),
    ("POST", "/answers", order_answer),
    ("DELETE", "/answers", clear_answers),
    ("POST", "/tuning", set_tuning),
    ("GET", "/calls", list_calls),
    ("POST", "/calls", control_rules.record_calls),
    ("POST", "/reset", control_rules.reset),
)


def add_control(app: web.Application) -> None:
    """Serve the control API below /control/openai/."""
    for method, path, handler in ROUTES:
        app.router.add_route(method, PREFIX + path, _control_handler(handler))


def _control_handler(
    handler: Callable[[World, web.Request, Json], Any],
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    return control_api.control_handler(handler, _find_world, ApiError)


def _find_world(request: web.Request) -> World:
    return request.app[OPENAI]
