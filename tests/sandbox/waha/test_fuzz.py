"""Tests that the stand-in answers any call, from a client or from a test, without a crash."""

import random
from typing import Any
from urllib.parse import quote

import pytest

from sandbox.common.json_shapes import Json
from sandbox.waha.control.routes import ROUTES
from sandbox.waha.operations.table import TABLE
from sandbox.waha.schema.schema import body_shape, schema
from tests.sandbox.waha.stage import SESSION, Stage
from tests.services.seeds import seeds

WORDS = ("", "x", "49151000001@c.us", "1@lid", "👍", "a_b_c", "🙏" * 30, "true_49151000001@c.us_X")
ODD: tuple[Any, ...] = (None, True, [], {}, 1.5, "x", -1, [[]], {"id": 1}, 2**70)
PATH = {"session": SESSION, "chatId": "49151000001@c.us", "phone": "49151000001", "id": "X"}
CALLS = 150
# Faults, forced statuses and resets make the stand-in misbehave on purpose.
ORDERS = ("faults", "status", "reset", "tuning", "deliveries")


def value_of(chance: random.Random, shape: Json, depth: int = 0) -> Any:
    """Return a value of this shape, or sometimes something odd."""
    if chance.random() < 0.08 or depth > 5:
        return chance.choice(ODD)
    if "$ref" in shape:
        named = schema()["components"]["schemas"][shape["$ref"].rpartition("/")[2]]
        return value_of(chance, named, depth + 1)
    for several in ("allOf", "oneOf"):
        if several in shape:
            return value_of(chance, chance.choice(shape[several]), depth)
    if shape.get("type") == "array":
        return [value_of(chance, shape["items"], depth + 1) for _ in range(chance.randrange(3))]
    if "properties" in shape:
        required = shape.get("required", [])
        return {
            name: value_of(chance, facts, depth + 1)
            for name, facts in shape["properties"].items()
            if chance.random() < (0.95 if name in required else 0.2)
        }
    if shape.get("type") in {"number", "integer"}:
        return chance.choice((0, 1, -1, 1.5, 2**40))
    return chance.random() < 0.5 if shape.get("type") == "boolean" else chance.choice(WORDS)


def filled(chance: random.Random, path: str) -> str:
    """Return a path with its parameters filled in, sometimes with odd values."""
    for part in ("session", "chatId", "messageId", "phoneNumber", "lid", "phone", "id"):
        usual = PATH.get(part, "x")
        given = usual if chance.random() < 0.85 else chance.choice(WORDS[1:])
        path = path.replace(f"{{{part}}}", quote(given, safe="@"))
    return path


def is_explained(answer_body: Any) -> bool:
    """Check whether a 500 is WAHA's own, with its exception, and not the stand-in's."""
    return isinstance(answer_body, dict) and "exception" in answer_body


@pytest.mark.parametrize("seed", seeds(3))
async def test_no_call_breaks_the_server(stage: Stage, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    for _ in range(CALLS):
        verb, path, *_ = chance.choice(TABLE)
        shape = body_shape(verb, path)
        body = None if shape is None else value_of(chance, shape)
        query = {"limit": chance.choice(("1", "x")), "offset": chance.choice(("0", "-1"))}
        answer = await stage.call(verb, filled(chance, path), body, params=query)
        assert answer.status < 500 or is_explained(answer.json), (verb, path, body, answer)
    assert (await stage.call("GET", "/ping")).status == 200


@pytest.mark.parametrize("seed", seeds(3))
async def test_no_control_request_breaks_it(stage: Stage, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    await stage.waha.says(stage.ann, "Hi", id="X")
    names = ("phone", "session", "text", "media", "location", "vcards", "at", "ack", "emoji")
    names += ("name", "lid", "by_lid", "by_desk", "blocked", "event", "payload", "body", "value")
    routes = [route for route in ROUTES if not route[1].endswith(ORDERS)]
    for _ in range(CALLS):
        verb, path, _ = chance.choice(routes)
        body = {name: chance.choice((*ODD, *WORDS)) for name in names if chance.random() < 0.3}
        url = f"{stage.url}{filled(chance, path)}"
        async with stage.http.request(verb, url, json=body) as response:
            assert response.status < 500, (verb, path, body, await response.text())
