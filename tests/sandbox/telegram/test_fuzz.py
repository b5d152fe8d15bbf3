"""Tests that the sandbox answers any call, from a bot or from a test, without a crash."""

import json
import random
from typing import Any

import pytest

from sandbox.common.json_shapes import Json
from sandbox.telegram.control.routes import ROUTES
from sandbox.telegram.methods.table import HANDLERS
from sandbox.telegram.schema.schema import alternatives, concrete, fields_of_method, schema
from tests.sandbox.telegram.stage import TOKEN, Stage
from tests.services.seeds import seeds

NUMBERS = (0, 1, 2, 3, -1, 1001, 1002, 4242, -1001234567890, 99, 2**40)
WORDS = (
    "",
    "x",
    "<b>",
    "👍",
    "HTML",
    "@ann",
    "photo",
    "typing",
    "regular",
    "a" * 70,
    "1",
    "-1",
    "{",
)
ODD: tuple[Any, ...] = (None, True, [], {}, 1.5, "x", -1, [[]], {"id": 1})
DEPTH = 4
WAITING = {"getUpdates", "setWebhook", "logOut", "close"}


def value_of(chance: random.Random, written: str, depth: int = 0) -> Any:
    """Return a value of the written type, or sometimes something odd."""
    if chance.random() < 0.05:
        return chance.choice(ODD)
    if written in {"Integer", "Integer or String"}:
        return chance.choice(NUMBERS)
    if written in {"Boolean", "True"}:
        return chance.random() < 0.5
    if written == "Float":
        return chance.choice((0, 1.5, -200, 52.5))
    if written in {"String", "InputFile", "InputFile or String"}:
        return chance.choice(WORDS)
    is_array, names = alternatives(written)
    if is_array:
        item = names[0] if len(names) == 1 else " or ".join(names)
        return [value_of(chance, item, depth + 1) for _ in range(chance.randrange(3))]
    return object_of(chance, chance.choice(concrete(chance.choice(names))), depth)


def object_of(chance: random.Random, name: str, depth: int) -> Json:
    fields = schema()["types"][name]["fields"]
    return filled(chance, fields, 0.15 if depth < DEPTH else 0.0, depth + 1)


def filled(chance: random.Random, fields: Json, optional: float, depth: int) -> Json:
    return {
        name: value_of(chance, facts["types"][0], depth)
        for name, facts in fields.items()
        if (facts["required"] and chance.random() < 0.97) or chance.random() < optional
    }


@pytest.mark.parametrize("seed", seeds(4))
async def test_no_call_breaks_the_server(stage: Stage, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    await stage.topic()
    accepted = 0
    methods = sorted(HANDLERS.keys() - WAITING - {"leaveChat"})
    for _ in range(500):
        method = chance.choice(methods)
        params = filled(chance, fields_of_method(method), 0.2, 1)
        if "chat_id" in params and chance.random() < 0.8:
            params["chat_id"] = chance.choice((1001, -1001234567890))
        async with stage.http.post(f"{stage.url}/bot{TOKEN}/{method}", json=params) as response:
            assert response.status < 500, (method, params)
            accepted += response.status == 200
    assert accepted > 50


FIELDS: dict[str, tuple[Any, ...]] = {
    "from": (1001, 1002, 5, "x", None),
    "chat": (1001, -1001234567890, 5),
    "thread": (0, 1, 2, 99),
    "text": ("x", "/start", "", None, 5),
    "media": ({"kind": "photo"}, {"kind": "x"}, {}, "photo", {"kind": "photo", "data": "AA=="}),
    "album": ([{"kind": "photo"}], [], [{}], "x"),
    "location": ({"latitude": 1, "longitude": 2}, {}, "x"),
    "poll": ({"question": "x", "options": ["x"]}, {}, {"question": "x", "options": []}),
    "entities": ([{"type": "text_mention", "offset": 0, "length": 1}], [{}], "x"),
    "reply_to": (1, 99, "x"),
    "anonymous": (True, False),
    "emoji": ("👍", "", None),
    "data": ("x", None),
    "user_id": (1001, 4242, 5),
    "status": ("member", "kicked", "x"),
    "rights": ({"can_pin_messages": False}, None, "x"),
    "is_forum": (True, False),
    "closed": (True, False),
    "blocked": (True, False),
    "id": (None, 1001, -5, "x"),
    "first_name": ("Eve", "", None),
    "title": ("Group", None),
    "members": ([1001], [5], "x", None),
    "admins": ([1002], [], None),
    "bots": ([4242], ["x"]),
    "token": ("5:x", "x", None),
    "method": ("getMe", "x"),
    "kind": ("error", "x"),
    "on": (False,),
    "record": (True,),
    "retry_base": (1.0, "x"),
    "update": ({"message": {}}, "x", []),
    "bot": (4242, 5, None),
}


@pytest.mark.parametrize("seed", seeds(4))
async def test_no_control_request_breaks_the_server(stage: Stage, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    accepted = 0
    routes = [(verb, path) for verb, path, _ in ROUTES if "reset" not in path]
    for _ in range(500):
        verb, path = chance.choice(routes)
        for name in ("chat", "id", "thread"):
            path = path.replace(f"{{{name}}}", str(chance.choice((*NUMBERS, "x"))))
        body = {n: chance.choice(v) for n, v in FIELDS.items() if chance.random() < 0.4}
        async with stage.http.request(
            verb, f"{stage.url}/control{path[8:]}", json=body
        ) as response:
            assert response.status < 500, (verb, path, json.dumps(body))
            accepted += response.status == 200
    assert accepted > 50
