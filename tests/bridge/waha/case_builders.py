"""Make cases of events that engines would send about a new customer."""

from typing import Any

from tests.bridge.waha.body_cases import Case, new_phone
from tests.bridge.waha.engines import Json, base, envelope, noweb


def one(name: str, build: Any, *given: Any, right: Json, **more: Any) -> Case:
    """Make a case of one event `message` about a new customer."""
    phone = new_phone()
    return Case(name, [envelope("message", build(phone, *given, **more))], phone, **right)


def none(name: str, build: Any, *given: Any, **more: Any) -> Case:
    """Make a case of an event of which nobody becomes a customer."""
    return one(name, build, *given, right={}, **more)


def stub(phone: str, number: int) -> Json:
    """Return a message of NOWEB without content."""
    return noweb(phone, None, data={"messageStubType": number})


def out(payload: Json) -> Json:
    """Return a message that was sent from the number."""
    return envelope("message.any", payload)


def case(name: str, build: Any, **right: Any) -> Case:
    """Make a case of the events that `build` returns for a new phone."""
    phone = new_phone()
    return Case(name, build(phone), phone, **right)


def edit(phone: str, target: str | None, body: str | None, **more: Any) -> Json:
    """Return an edit."""
    payload = base(phone, body=body, editedMessageId=target, **more)
    return envelope("message.edited", payload)
