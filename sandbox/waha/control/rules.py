"""Controls people, faults, tuning, recorded calls and deliveries, and injected events."""

import secrets
from dataclasses import asdict, fields

from aiohttp import web

from sandbox.common import control_rules
from sandbox.common.control_api import ControlRequestError
from sandbox.common.faults import ANY_CALL
from sandbox.common.json_shapes import Json, encode
from sandbox.waha.control.requests import find_person, find_session
from sandbox.waha.control.views import person_view
from sandbox.waha.engine.webhook_events import build_envelope, post_raw
from sandbox.waha.faults.faults import KINDS
from sandbox.waha.model.records import ACKS
from sandbox.waha.model.tuning import IN_ORDER, NONE, UNORDERED, Tuning
from sandbox.waha.operations.table import NAMES
from sandbox.waha.state.world import WahaWorld

ALLOWED = {
    "acks": {NONE, *ACKS.values()},
    "order": {UNORDERED, IN_ORDER},
    "engine": {"WEBJS", "WPP", "NOWEB", "GOWS"},
}


def add_person(world: WahaWorld, request: web.Request, body: Json) -> Json:
    """Add a customer, or return the one that has this phone."""
    del request
    phone = str(body.get("phone") or f"4916{secrets.randbelow(10**9):09}").removeprefix("+")
    lid = str(body.get("lid") or "").partition("@")[0]
    if not all(one.isascii() and one.isdigit() for one in (phone, lid or "0")):
        raise ControlRequestError("phone and lid are digits")
    known = world.people.get(phone)
    if known is None:
        by_lid = bool(body.get("by_lid"))
        known = world.add_person(phone, str(body["name"]), lid, by_lid=by_lid)
    return person_view(known)


def change_person(world: WahaWorld, request: web.Request, body: Json) -> Json:
    """Change a customer: another name, chats that use its lid, or blocked sessions."""
    person = find_person(world, request.match_info["phone"])
    person.name = str(body.get("name") or person.name)
    person.by_lid = bool(body.get("by_lid", person.by_lid))
    if "blocked" in body:
        person.blocked = [find_session(world, name).name for name in body["blocked"]]
    world.notify_changed(person)
    return person_view(person)


def order_fault(world: WahaWorld, request: web.Request, body: Json) -> Json:
    """Order a fault."""
    del request
    if body["operation"] not in NAMES | {ANY_CALL}:
        raise ControlRequestError(f"operation must be * or one of {', '.join(sorted(NAMES))}")
    return control_rules.order_fault(world, body, KINDS)


def set_tuning(world: WahaWorld, request: web.Request, body: Json) -> Json:
    """Change some of the tuning and return all of it."""
    del request
    known = {field.name: field for field in fields(Tuning)}
    for name, value in body.items():
        if name not in known:
            raise ControlRequestError(f"no setting {name}: there are {', '.join(known)}")
        if name in ALLOWED and value not in ALLOWED[name]:
            raise ControlRequestError(f"{name} must be one of {', '.join(sorted(ALLOWED[name]))}")
    for name, value in body.items():
        kind = type(getattr(Tuning(), name))
        setattr(world.tuning, name, kind(value))
    return asdict(world.tuning)


def list_calls(world: WahaWorld, request: web.Request, body: Json) -> list[Json]:
    """Return the recorded calls, oldest first."""
    del body
    asked, after = request.query, int(request.query.get("after") or 0)
    wanted = {"operation": asked.get("operation"), "session": asked.get("session")}
    return world.calls.select(after, **wanted)


def list_deliveries(world: WahaWorld, request: web.Request, body: Json) -> list[Json]:
    """Return every attempt to deliver an event to a webhook, oldest first."""
    del body
    asked, after = request.query, int(request.query.get("after") or 0)
    wanted = {"event": asked.get("event"), "session": asked.get("session")}
    return world.webhooks.log.select(after, **wanted)


async def wait_until_settled(world: WahaWorld, request: web.Request, body: Json) -> Json:
    """Wait until all events are delivered or given up, `seconds` at the most."""
    del body
    return await control_rules.wait_until_done(lambda: world.webhooks.tasks, request)


def inject_event(world: WahaWorld, request: web.Request, body: Json) -> Json:
    """Post an event of any payload, or any text, to all webhooks of a session."""
    del request
    session = find_session(world, body.get("session"))
    event = str(body.get("event", "message"))
    if "body" in body:
        text = str(body["body"])
    else:
        text = encode(build_envelope(world, session, event, body["payload"]))
    hooks = session.config.get("webhooks") or []
    if not hooks:
        raise ControlRequestError("the session has no webhook")
    for hook in hooks:
        signed = {**hook, "hmac": {"key": body["key"]}} if "key" in body else hook
        post_raw(world, session, signed, event, body=text.encode(), lane="injected")
    return {"posted": len(hooks)}
