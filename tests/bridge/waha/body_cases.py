"""What is right for each webhook body of a linked number; each case has its own customer."""

import itertools
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bridge.waha.engines import Json, envelope, media, noweb

_FOLDER = Path(__file__).parent / "bodies"
_PREFIX = "15557900"
_NUMBERS = itertools.count(15_559_000_000)


@dataclass(frozen=True)
class Case:
    """Events about one customer, and what they must lead to."""

    name: str
    events: list[Json]
    phone: str
    # The stored messages: direction, type, and a part of the text.
    messages: list[tuple[str, str, str]] = field(default_factory=list)
    # A session is open, and the customer was told once that nobody is free.
    is_answered: bool = False
    # Parts of what the topic shows in the end, and of what it must not show.
    shows: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()
    # Parts that messages in the topic show one after the other.
    in_order: tuple[str, ...] = ()
    # How often the customer is asked to send a file again; None: that does not matter.
    apologies: int | None = None
    customer_name: str | None = None
    alias: str | None = None


def load(number: int) -> tuple[str, Json, str]:
    """Load a body on file; its customers get numbers that no other case has."""
    [path] = _FOLDER.glob(f"{number}-*.json")
    prefix = f"15558{number:03d}"
    return path.stem, json.loads(path.read_text().replace(_PREFIX, prefix)), prefix


def on_file(
    number: int, *before: Json, ending: str | None = None, phone: str | None = None, **right: Any
) -> Case:
    """Make a case of a body on file and of events before it."""
    name, body, prefix = load(number)
    known = phone or f"{prefix}{ending or f'{number - 200:03d}'}"
    return Case(name, [*before, body], known, **right)


def nothing(number: int, **where: Any) -> Case:
    """Make a case of a body of which nobody becomes a customer."""
    return on_file(number, **where)


def new_phone() -> str:
    """Return a number that no other case has."""
    return str(next(_NUMBERS))


def inbound(kind: str, text: str = "") -> dict[str, Any]:
    """Return what is right if a customer sent one message."""
    shows = (text,) if text and kind not in {"CONTACT", "LOCATION"} else ()
    return {"messages": [("inbound", kind, text)], "is_answered": True, "shows": shows}


def outbound(text: str, author: str) -> dict[str, Any]:
    """Return what is right if staff wrote one message elsewhere: nothing is sent or assigned."""
    return {"messages": [("outbound", "TEXT", text)], "shows": (f"{author}: {text}",)}


def hello(phone: str, text: str = "hello", *, tail: str | None = None) -> Json:
    """Return an ordinary message of a customer."""
    return envelope("message", noweb(phone, {"conversation": text}, body=text, tail=tail))


_TYPED = load(305)[2] + "001", load(307)[2] + "003", load(311)[2] + "005", load(312)[2] + "006"
_EDITED, _CAPTIONED, _REVOKED, _HIDDEN = _TYPED
_PICTURE = noweb(
    _CAPTIONED,
    {"imageMessage": {"mimetype": "image/jpeg", "caption": "old cap"}},
    body="old cap",
    tail="3AIMG000000003",
    **media("image/jpeg"),
)


def _edit_to(text: str) -> Json:
    body = load(305)[1]
    return {**body, "payload": {**body["payload"], "body": text, "timestamp": 1_778_552_559}}


_ON_THE_PHONE = noweb(
    _REVOKED, {"conversation": "a slip"}, body="a slip", from_me=True, tail="3A5P"
)

ON_FILE = [
    on_file(202, **outbound("Hi there!", "Another program")),
    on_file(204, **inbound("FILE")),
    nothing(216),
    nothing(218),
    on_file(219, **inbound("TEXT", "Ixi kkk"), alias="38203818030019@lid"),
    nothing(223),
    on_file(224, **inbound("OTHER", "could not show"), alias="1405871900024@lid"),
    on_file(227, **inbound("TEXT", "Poll: When?\n• Mon\n• Tue")),
    nothing(229),
    on_file(230, **inbound("TEXT", "Event: Meeting")),
    nothing(233),
    on_file(237, **inbound("TEXT", "Product: Shoe\n10.00 USD")),
    on_file(239, **inbound("TEXT", "Payment request: 1.00 BRL")),
    on_file(247, **inbound("AUDIO")),
    on_file(253, **inbound("TEXT", "animated sticker")),
    on_file(254, **inbound("OTHER", "A photo that can be viewed only once")),
    on_file(256, **inbound("IMAGE")),
    on_file(259, **outbound("where is my", "Phone")),
    on_file(261, **outbound("where is my", "Phone")),
    on_file(262, **outbound("where is my", "Phone")),
    nothing(264),
    nothing(267),
    nothing(268),
    nothing(271),
    on_file(273, **inbound("TEXT", "Payment")),
    on_file(276, **inbound("LOCATION"), hides=("/9j/",)),
    on_file(282, **inbound("OTHER", "could not show")),
    nothing(290),
    nothing(303),
    on_file(
        305,
        hello(_EDITED, "one", tail="3FEDIT00000001"),
        _edit_to("two"),
        phone=_EDITED,
        **inbound("TEXT", "three"),
    ),
    on_file(
        307,
        envelope("message", _PICTURE),
        phone=_CAPTIONED,
        **inbound("IMAGE", "new cap"),
    ),
    on_file(309, ending="005", **outbound("where is n8n", "Another program")),
    on_file(
        311,
        envelope("message.any", _ON_THE_PHONE),
        phone=_REVOKED,
        messages=[("outbound", "TEXT", "a slip")],
        shows=("Phone: a slip", "Phone deleted this answer"),
    ),
    on_file(312, phone=_HIDDEN, **inbound("TEXT", "by lid"), alias="77788800000006@lid"),
    on_file(314, ending="008", **inbound("CONTACT"), customer_name="Sc 8"),
]
