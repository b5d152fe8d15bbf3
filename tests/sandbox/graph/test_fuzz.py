"""Tests that the sandbox answers any call, from the business or from a test, without a crash."""

import json
import random
from typing import Any
from urllib.parse import quote

import pytest

from sandbox.common.json_shapes import Json
from sandbox.graph.control.routes import PREFIX, ROUTES
from sandbox.graph.server.call_table import CALLS
from tests.sandbox.graph.message_bodies import BODY, BUTTONS, CONTACTS, LIST, LOCATION, TEMPLATE
from tests.sandbox.graph.stage import PHONE, Stage
from tests.services.seeds import seeds

ODD: tuple[Any, ...] = (None, True, 0, 1.5, "", "x", "{{1}}", -1, [], {}, [[]], [{}], {"id": 1})
WHOLE: tuple[Json, ...] = (
    {"type": "text", "text": {"body": "x", "preview_url": True}},
    {"type": "image", "image": {"link": "http://127.0.0.1:9/x", "caption": "x"}},
    {"type": "audio", "audio": {"id": "1"}},
    {"type": "location", "location": LOCATION},
    {"type": "contacts", "contacts": CONTACTS},
    {"type": "reaction", "reaction": {"message_id": "", "emoji": "👍"}},
    {"type": "interactive", "interactive": BUTTONS},
    {"type": "interactive", "interactive": LIST},
    {"type": "template", "template": TEMPLATE},
    {"status": "read", "message_id": "", "typing_indicator": {"type": "text"}},
)
FIELDS: dict[str, tuple[Any, ...]] = {
    "customer": (PHONE, "c1", "c9", None, 5),
    "number": ("15550783881", "9", None),
    "phone": ("16505550009", "", "x", 5),
    "name": ("Eve", "", None),
    "user_id": ("US.1", "", "x", None, 5),
    "text": ("x", "", None, 5),
    "media": ({"kind": "image"}, {"kind": "voice", "data": "AA=="}, {"data": 5}, {}, "x", [1]),
    "type": ("location", "poll", None, 5),
    "content": ({}, {"body": "x"}, [], "x", None),
    "reply_to": ("wamid.x", 5, None),
    "more": ({"context": {}}, {"context": 5}, "x", None),
    "referral": ({}, "x"),
    "emoji": ("👍", "", None, 5),
    "button": ("Yes", 5, None),
    "status": ("read", "failed", "PAUSED", "x", None),
    "code": (131047, "x", None),
    "up_to": ("wamid.x", 5, None),
    "online": (True, False),
    "blocked": (True, False),
    "reachable": (True, False),
    "components": ([BODY], [5], "x", {}),
    "language": ("en_US", 5),
    "call": ("number", "x", None),
    "to": ("1", 5, None),
    "times": (1, 0, "x"),
    "kind": ("error", "x", []),
    "on": (False, True),
    "per_second": (80, "x"),
    "leave_out": (["user_id"], [], ["x"], "x", 5),
    "ladder": (["sent"], 5),
    "delay": (0,),
    "advance": (1, "x", None),
    "order": ("reversed", 5),
    "grouping": ("items", []),
    "per_body": (0, 2, "x"),
    "body": ("x", {"object": 1}, 5, []),
    "signed": ("wrong", 5),
    "field": ("account_update", 5),
    "value": ({}, "x", 5),
    "record": (True,),
    "token": ("x", 5, None),
    "state": ("valid", []),
    "quality": ("RED", 5),
    "what": ("x", 5),
}


def bent(chance: random.Random, value: Any) -> Any:
    """Return the value with something odd in its place, or somewhere inside it."""
    if chance.random() < 0.1:
        return chance.choice(ODD)
    if isinstance(value, dict):
        kept = {key: one for key, one in value.items() if chance.random() > 0.04}
        return {key: bent(chance, one) for key, one in kept.items()}
    if isinstance(value, list):
        return [bent(chance, one) for one in value]
    return value


@pytest.mark.parametrize("seed", seeds(4))
async def test_no_message_breaks_the_server(stage: Stage, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    made = await stage.graph.add_template("order_ready", [BODY])
    first = (await stage.graph.messages(stage.ann))[0]["id"]
    accepted = 0
    for _ in range(300):
        body = json.loads(json.dumps(chance.choice(WHOLE)).replace('""', json.dumps(first)))
        if "status" not in body:
            body["to"] = PHONE
        if chance.random() < 0.1:
            sent = {"name": "order_ready", "components": [bent(chance, BODY)], "language": "en_US"}
            await stage.call("POST", made["id"], json=sent)
        sent = bent(chance, {"messaging_product": "whatsapp", **body})
        status, content = await stage.call("POST", f"{stage.number['id']}/messages", json=sent)
        assert status < 500, (sent, content)
        accepted += status == 200
    assert accepted > 50
    assert await stage.graph.wait_until_settled()
    assert (await stage.graph.messages(stage.ann))[-1]


@pytest.mark.parametrize("seed", seeds(2))
async def test_no_call_breaks_the_server(stage: Stage, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    media_id = await stage.uploaded(b"x", "image/png")
    nodes = [stage.number["id"], stage.number["account"], media_id, "me", "debug_token", "5", "ä"]
    edges = sorted({edge for _, _, edge in CALLS})
    for _ in range(300):
        edge = chance.choice(edges)
        path = f"{quote(chance.choice(nodes))}{'/' if edge else ''}{edge}"
        query = {name: chance.choice(("x", "1", "", "-1")) for name in ("limit", "name", "fields")}
        params = {name: value for name, value in query.items() if chance.random() < 0.3}
        body = {name: chance.choice(ODD) for name in ("pin", "name", "components", "type", "to")}
        verb = chance.choice(("GET", "POST", "DELETE", "PUT"))
        status, content = await stage.call(verb, path, json=body, params=params)
        assert status < 500, (verb, path, body, content)


@pytest.mark.parametrize("seed", seeds(4))
async def test_no_control_request_breaks_the_server(stage: Stage, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    sent = await stage.text()
    routes = [(verb, path) for verb, path, _ in ROUTES if path not in {"/reset", "/settled"}]
    accepted = 0
    for _ in range(400):
        verb, path = chance.choice(routes)
        ids = (PHONE, "c1", quote(sent), stage.number["id"], "x")
        for name in ("id", "number", "customer"):
            path = path.replace(f"{{{name}}}", str(chance.choice(ids)))
        body = {n: chance.choice(v) for n, v in FIELDS.items() if chance.random() < 0.4}
        async with stage.http.request(verb, f"{stage.url}{PREFIX}{path}", json=body) as response:
            assert response.status < 500, (verb, path, json.dumps(body))
            accepted += response.status == 200
        state = await stage.graph.state()
        for customer in state["customers"][:3]:
            await stage.graph.messages(customer, stage.number)
    assert accepted > 50
