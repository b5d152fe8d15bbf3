"""Faults, limits, recorded calls, injected updates, and the reset."""

from aiohttp import web

from sandbox.telegram.control.requests import ControlRequestError, find_bot
from sandbox.telegram.faults.faults import KINDS
from sandbox.telegram.faults.flood_limits import Limits
from sandbox.telegram.methods.table import BY_LOWER
from sandbox.telegram.model.shapes import Json, encode
from sandbox.telegram.model.update_queue import KEPT_SECONDS, Pending
from sandbox.telegram.state.world import World

NUMBERS = (
    "group_per_minute",
    "group_window",
    "chat_per_second",
    "chat_burst",
    "overall_per_second",
    "lengthen",
)


def order_fault(world: World, request: web.Request, body: Json) -> Json:
    """Order a fault."""
    del request
    method = str(body["method"])
    if method != "*" and method.lower() not in BY_LOWER:
        raise ControlRequestError(f"no method {method}")
    if body.get("kind", "error") not in KINDS:
        raise ControlRequestError(f"kind must be one of {', '.join(sorted(KINDS))}")
    return {"id": world.faults.order(body).id}


def list_faults(world: World, request: web.Request, body: Json) -> list[Json]:
    """Return the faults that are still to come."""
    del request, body
    return [{**fault.order, "id": fault.id, "times": fault.times} for fault in world.faults.waiting]


def clear_faults(world: World, request: web.Request, body: Json) -> Json:
    """Forget all faults."""
    del request, body
    world.faults.waiting.clear()
    return {"cleared": True}


def set_limits(world: World, request: web.Request, body: Json) -> Json:
    """Switch the flood limits on, with these numbers, or off; every count starts at zero."""
    del request
    numbers = {name: body[name] for name in NUMBERS if name in body}
    if any(
        isinstance(n, bool) or not isinstance(n, int | float) or n < 0 for n in numbers.values()
    ):
        raise ControlRequestError("limits are positive numbers")
    world.limits = Limits(on=bool(body["on"]), **numbers)
    return {"on": world.limits.on, **{name: getattr(world.limits, name) for name in NUMBERS}}


def list_calls(world: World, request: web.Request, body: Json) -> list[Json]:
    """Return the recorded calls, oldest first."""
    del body
    query = request.query
    after = int(query.get("after") or 0)
    return world.calls.select(query.get("method"), query.get("chat_id"), after)


def record_calls(world: World, request: web.Request, body: Json) -> Json:
    """Switch the recording of calls on or off."""
    del request
    world.calls.recording = bool(body["record"])
    return {"record": world.calls.recording}


def set_webhook_retry_base(world: World, request: web.Request, body: Json) -> Json:
    """Set how many seconds the webhook's retry unit lasts; Telegram's is one."""
    del request
    world.webhooks.retry_base = float(body["retry_base"])
    return {"retry_base": world.webhooks.retry_base}


def inject_update(world: World, request: web.Request, body: Json) -> Json:
    """Queue a raw update, or post any text to the webhook."""
    del request
    bot = find_bot(world, body.get("bot"))
    if "body" in body:
        if not world.webhooks.post_raw(bot, str(body["body"])):
            raise ControlRequestError("the bot has no webhook to post to")
        return {"posted": True}
    update = dict(body["update"])
    number = int(update.pop("update_id", 0)) or bot.queue.next_id
    bot.queue.next_id = max(bot.queue.next_id, number + 1)
    text = encode({"update_id": number, **update})
    lane = str(body.get("lane", "injected"))
    bot.queue.add(Pending(number, lane, text, world.clock() + KEPT_SECONDS))
    return {"update_id": number}


def reset(world: World, request: web.Request, body: Json) -> Json:
    """Forget everything."""
    del request, body
    world.reset()
    return {"reset": True}
