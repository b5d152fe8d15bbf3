"""Controls faults, limits, settings, time, held-back and raw webhooks."""

import random
from typing import Any

from aiohttp import web

from sandbox.common import control_rules
from sandbox.common.control_api import ControlRequestError
from sandbox.common.faults import ANY_CALL
from sandbox.common.json_shapes import Json
from sandbox.graph.control.requests import find_account, find_number
from sandbox.graph.events.webhook_values import build_value, send_account_webhook, send_webhook
from sandbox.graph.faults.faults import KINDS
from sandbox.graph.faults.sending_limits import Limits
from sandbox.graph.model.settings import NAMES, change_settings
from sandbox.graph.model.shapes import encode_escaped
from sandbox.graph.server.call_table import NAMES as CALLS
from sandbox.graph.state.world import World
from sandbox.graph.webhooks.delivery import Post, sign
from sandbox.graph.webhooks.payloads import GROUPINGS, ITEMS, Item

NUMBERS = ("per_second", "pair_seconds", "pair_burst", "per_day")
ORDERS = frozenset({"as_is", "reversed", "shuffled"})


def order_fault(world: World, request: web.Request, body: Json) -> Json:
    """Order a fault: call, kind, to, times, and the fields of the kind.

    That is code, subcode, status, message, details, retry_after, seconds or body.
    """
    del request
    if body["call"] not in {*CALLS, ANY_CALL}:
        raise ControlRequestError(f"no call {body['call']}; there are {', '.join(sorted(CALLS))}")
    return control_rules.order_fault(world, body, KINDS)


def set_limits(world: World, request: web.Request, body: Json) -> Json:
    """Switch the limits on, with these numbers, or off; all counts restart at zero."""
    del request
    world.limits = control_rules.build_limits(Limits, NUMBERS, body)
    return control_rules.show_limits(world.limits, NUMBERS)


def set_settings(world: World, request: web.Request, body: Json) -> Json:
    """Change settings (see sandbox/graph/model/settings.py) and return them all."""
    del request
    world.settings = change_settings(world.settings, body)
    shown = {name: getattr(world.settings, name) for name in NAMES}
    return {**shown, "leave_out": sorted(world.settings.leave_out)}


def move_clock(world: World, request: web.Request, body: Json) -> Json:
    """Move the stand-in's clock forward by `advance` seconds, and with `freeze` stop it there."""
    del request
    if body.get("freeze"):
        world.clock.freeze()
    world.clock.advance(float(body.get("advance", 0)))
    return {"now": world.clock.now()}


def hold_webhooks(world: World, request: web.Request, body: Json) -> Json:
    """Hold webhooks back from now on, until they are released."""
    del request, body
    if world.webhook_sender.held is None:
        world.webhook_sender.held = []
    return {"held": len(world.webhook_sender.held)}


def release_webhooks(world: World, request: web.Request, body: Json) -> Json:
    """Post the held items, in an order and a grouping, with so many items in one body.

    order: as_is, reversed, shuffled (with seed); grouping: items (joined in one change), changes,
    entries; per_body: how many items go into one body, 1 if missing, 0 for all.
    """
    del request
    order, grouping = str(body.get("order", "as_is")), str(body.get("grouping", ITEMS))
    if order not in ORDERS or grouping not in GROUPINGS:
        raise ControlRequestError(
            f"order must be one of {sorted(ORDERS)}, grouping one of {sorted(GROUPINGS)}"
        )
    items = _reorder(world.webhook_sender.held or [], order, body.get("seed"))
    world.webhook_sender.held = None
    size = int(body.get("per_body", 1)) or len(items) or 1
    targets = list(dict.fromkeys((item.hook.url, item.secret) for item in items))
    for target in targets:
        mine = [item for item in items if (item.hook.url, item.secret) == target]
        for start in range(0, len(mine), size):
            world.webhook_sender.post(mine[start : start + size], grouping)
    return {"released": len(items)}


def _reorder(items: list[Item], order: str, seed: Any) -> list[Item]:
    if order == "reversed":
        return items[::-1]
    if order == "shuffled":
        random.Random(seed).shuffle(items)  # noqa: S311 - the order of a test, not a secret
    return items


async def inject_webhook(world: World, request: web.Request, body: Json) -> Json:
    """Post any body (JSON, or text) to the number's webhook once and return its answer.

    signed: "right" (as Meta), "wrong", "none", or any text for the header as it is.
    """
    del request
    number = find_number(world, body.get("number"))
    if number.target is None:
        raise ControlRequestError("the number has no webhook to post to")
    raw = body["body"]
    data = raw.encode("utf-8", "surrogatepass") if isinstance(raw, str) else encode_escaped(raw)
    secret = number.account.app.secret
    wanted = str(body.get("signed", "right"))
    named = {"right": sign(secret, data), "wrong": sign(f"{secret}?", data), "none": None}
    post = Post(number.target, data, named.get(wanted, wanted))
    status = await world.webhook_sender.send_once(post)
    return {"status": status, "answer": world.webhook_sender.log.records[-1]["answer"]}


def send_notification(world: World, request: web.Request, body: Json) -> Json:
    """Send a webhook of any field: {field, value} for an account, or for a number."""
    del request
    name, value = str(body["field"]), dict(body["value"])
    if "number" in body:
        number = find_number(world, body["number"])
        send_webhook(world, number, name, {**build_value(number), **value}, f"number {number.id}")
    else:
        send_account_webhook(world, find_account(world, body.get("account")), name, value)
    return {"told": True}


async def wait_until_settled(world: World, request: web.Request, body: Json) -> Json:
    """Wait until all statuses are sent and all webhooks delivered, `seconds` at the most."""
    del body
    return await control_rules.wait_until_done(
        lambda: {*world.tasks.tasks, *world.webhook_sender.tasks}, request
    )


def list_calls(world: World, request: web.Request, body: Json) -> list[Json]:
    """Return the recorded calls, oldest first: call, to, after."""
    del body
    query = request.query
    after = int(query.get("after") or 0)
    return world.calls.select(after, call=query.get("call"), to=query.get("to"))


def list_posts(world: World, request: web.Request, body: Json) -> list[Json]:
    """Return the webhooks that were posted, oldest first."""
    del body
    after = int(request.query.get("after") or 0)
    return world.webhook_sender.log.select(after)
