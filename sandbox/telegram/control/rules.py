"""Controls faults, limits, recorded calls and injected updates."""

from aiohttp import web

from sandbox.common import control_rules
from sandbox.common.control_api import ControlRequestError
from sandbox.common.faults import ANY_CALL, COMMON_KINDS
from sandbox.common.json_shapes import Json, encode
from sandbox.telegram.control.requests import find_bot
from sandbox.telegram.faults.flood_limits import Limits
from sandbox.telegram.methods.table import BY_LOWER
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
    if method != ANY_CALL and method.lower() not in BY_LOWER:
        raise ControlRequestError(f"no method {method}")
    return control_rules.order_fault(world, body, COMMON_KINDS)


def set_limits(world: World, request: web.Request, body: Json) -> Json:
    """Switch the flood limits on, with these numbers, or off; all counts restart at zero."""
    del request
    world.limits = control_rules.build_limits(Limits, NUMBERS, body)
    return control_rules.show_limits(world.limits, NUMBERS)


def list_calls(world: World, request: web.Request, body: Json) -> list[Json]:
    """Return the recorded calls, oldest first."""
    del body
    query = request.query
    after = int(query.get("after") or 0)
    method, chat_id, bot_id = query.get("method"), query.get("chat_id"), query.get("bot")
    known = BY_LOWER.get(method.lower()) if method else None
    name = known[0] if known else method
    return world.calls.select(after, method=name, chat_id=chat_id, bot_id=bot_id)


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
