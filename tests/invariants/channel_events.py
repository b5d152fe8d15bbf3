"""What can come from each channel: for every kind of event, whether a customer wrote it.

The events are those of tests/flows/cause_updates.py. A channel joins with a `Rewriting`, which
gives an event to another customer, under new ids.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from db.tables import ChannelKind
from desk.causes import Cause
from tests.bridge.cloud import webhook_bodies
from tests.bridge.waha.all_cases import CASES
from tests.bridge.waha.body_cases import Case
from tests.flows import cause_updates
from tests.flows.cause_updates import UNKNOWN, Json

# What customers write themselves; all else may open, answer, extend and count nothing.
WRITTEN = frozenset(
    {
        Cause.MESSAGE,
        Cause.START,
        Cause.BUTTON_PRESS,
        Cause.UNREADABLE,
        Cause.UNKNOWN,
        Cause.EARLY_EDIT,
    }
)
# What staff does in its group and in its private chats with the bot comes the same way.
_BY_STAFF = frozenset(
    {
        Cause.PRIVATE_CHAT,
        Cause.TOPIC_ANSWER,
        Cause.NOTE,
        Cause.STRANGER_NOTE,
        Cause.ANONYMOUS_ANSWER,
        Cause.STAFF_EDIT,
    }
)
# Stands for the second address of a customer of a linked number.
_ALIAS = "38200000000000"
# Give an event to a customer, with the number that makes its ids new.
Rewriting = Callable[[Json, str, int], Json]


@dataclass(frozen=True, slots=True)
class ChannelEvent:
    """A kind of event."""

    cause: Cause
    raw: Json

    @property
    def is_written(self) -> bool:
        return self.cause in WRITTEN


def list_events(kind: ChannelKind) -> list[ChannelEvent]:
    """List the events of a channel, first the message that the others are about."""
    known, updates = _EVENTS[kind]
    events = [ChannelEvent(Cause.MESSAGE, known)]
    return events + [ChannelEvent(*each) for each in updates if each[0] not in _BY_STAFF]


def build_event(kind: ChannelKind, event: ChannelEvent, customer: str, number: int) -> Json:
    """Build an event of this customer's, for the `number`-th time."""
    return _REWRITINGS[kind](event.raw, customer, number)


def _rewrite_telegram(raw: Json, customer: str, number: int) -> Json:
    ids = {cause_updates.ANN["id"]: int(customer), UNKNOWN: UNKNOWN + number}

    def change(value: Any) -> Any:
        return ids.get(value, value) if type(value) is int else value

    changed: Json = _walk(raw, change)
    return changed


def _rewrite_cloud(raw: Json, customer: str, number: int) -> Json:
    user_id = f"{webhook_bodies.USER_ID}{customer}"
    text = json.dumps(raw).replace(webhook_bodies.USER_ID, user_id)
    text = text.replace(webhook_bodies.PHONE, customer).replace(
        "16505550000", f"{customer}{number}"
    )
    for known in ("wamid.known", "wamid.phone"):  # all others are new each time
        text = text.replace(f'"{known}"', f'"{known.removeprefix("wamid.")}"')
    changed: Json = json.loads(text.replace('"wamid.', f'"wamid.{number}.'))
    return changed


def _rewrite_waha(raw: Json, customer: str, number: int) -> Json:
    known, digits = (each.partition("@")[0] for each in (cause_updates.CHAT, customer))
    text = json.dumps(raw).replace(known, digits).replace(_ALIAS, f"9{digits}")
    changed: Json = json.loads(text.replace("BBB", f"BBB{number}0").replace("AAA0", f"AA{number}"))
    return changed


def _walk(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        return {key: _walk(each, change) for key, each in value.items()}
    if isinstance(value, list):
        return [_walk(each, change) for each in value]
    return change(value)


def _list_waha_bodies() -> cause_updates.Updates:
    """List the bodies of a linked number that are one event, as the same customer's."""
    return [
        (Cause.MESSAGE if case.is_answered else Cause.PROTOCOL_MESSAGE, _as_one_customers(case))
        for case in CASES
        if len(case.events) == 1
    ]


def _as_one_customers(case: Case) -> Json:
    """Return a case's event with the number of the customer, and with their second address."""
    digits = cause_updates.CHAT.partition("@")[0]
    text = json.dumps(case.events[0]).replace(case.phone, digits)
    if case.alias is not None:
        text = text.replace(case.alias.partition("@")[0], _ALIAS)
    event: Json = json.loads(text)
    return event


_EVENTS: Mapping[ChannelKind, tuple[Json, cause_updates.Updates]] = {
    ChannelKind.TELEGRAM: (cause_updates.TELEGRAM_KNOWN, cause_updates.TELEGRAM),
    ChannelKind.WHATSAPP_CLOUD: (cause_updates.CLOUD_WRITTEN, cause_updates.CLOUD),
    ChannelKind.WHATSAPP_WAHA: (
        cause_updates.WAHA_WRITTEN,
        [*cause_updates.WAHA, *_list_waha_bodies()],
    ),
}
_REWRITINGS: Mapping[ChannelKind, Rewriting] = {
    ChannelKind.TELEGRAM: _rewrite_telegram,
    ChannelKind.WHATSAPP_CLOUD: _rewrite_cloud,
    ChannelKind.WHATSAPP_WAHA: _rewrite_waha,
}
CUSTOMERS: Mapping[ChannelKind, list[str]] = {
    ChannelKind.TELEGRAM: ["420001", "420002"],
    ChannelKind.WHATSAPP_CLOUD: ["6281100001", "6281100002"],
    ChannelKind.WHATSAPP_WAHA: ["628110000001@c.us", "628110000002@c.us"],
}
