"""Tests that parameters may come in any form, and that unknown ones are refused."""

import json

import aiohttp
import pytest

from tests.sandbox.telegram.stage import TOKEN, Stage


async def test_all_ways_of_sending_parameters_are_understood(stage: Stage) -> None:
    url, ann = f"{stage.url}/bot{TOKEN}/sendMessage", str(stage.ann["id"])
    keyboard = json.dumps({"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]})
    words = {"chat_id": ann, "text": "Grüße 👋", "reply_markup": keyboard}
    multipart = aiohttp.FormData(words)
    multipart.add_field("unused", b"x", filename="x.txt")
    for sent in (
        stage.http.get(url, params=words),
        stage.http.post(url, data=words),
        stage.http.post(url, data=multipart),
        stage.http.post(url, json={**words, "reply_markup": json.loads(keyboard)}),
        stage.http.post(url.replace("sendMessage", "SENDMESSAGE"), json=words),
        stage.http.post(url, params={"chat_id": ann}, json={"text": "Grüße 👋"}),
    ):
        async with sent as response:
            reply = await response.json()
        assert reply["ok"], reply
        assert reply["result"]["text"] == "Grüße 👋"


BUTTON = {"text": "A", "callback_data": "a"}


@pytest.mark.parametrize(
    ("method", "params", "description"),
    [
        ("sendMessage", {"text": "x"}, "chat_id is empty"),
        ("sendMessage", {"chat_id": 1001}, "message text is empty"),
        ("sendMessage", {"chat_id": 1001, "text": "x", "foo": 1}, 'unknown parameter "foo"'),
        (
            "sendMessage",
            {"chat_id": 1001, "text": "x", "reply_to_message_id": 1},
            'unknown parameter "reply_to_message_id"',
        ),
        (
            "sendMessage",
            {"chat_id": 1001, "text": ["x"]},
            'can\'t parse parameter "text": expected a String',
        ),
        (
            "sendMessage",
            {"chat_id": 1001, "text": "x", "message_thread_id": "x"},
            'can\'t parse parameter "message_thread_id": expected an Integer',
        ),
        (
            "sendMessage",
            {"chat_id": 1001, "text": "x", "protect_content": "perhaps"},
            'can\'t parse parameter "protect_content": expected a Boolean',
        ),
        (
            "sendMessage",
            {"chat_id": 1001, "text": "x", "reply_markup": "{"},
            "can't parse parameter \"reply_markup\": can't parse it as JSON",
        ),
        (
            "sendMessage",
            {"chat_id": 1001, "text": "x", "reply_parameters": {"message": 1}},
            'can\'t parse parameter "reply_parameters": unknown field "message" of ReplyParameters',
        ),
        (
            "sendMessage",
            {"chat_id": 1001, "text": "x", "entities": {"type": "bold"}},
            'can\'t parse parameter "entities": expected an Array',
        ),
        (
            "sendMessage",
            {"chat_id": 1001, "text": "x", "entities": [{"type": "bold"}]},
            'can\'t parse parameter "entities": field "length" of MessageEntity is required',
        ),
        (
            "sendLocation",
            {"chat_id": 1001, "latitude": "nan", "longitude": 1},
            'can\'t parse parameter "latitude": expected a Float',
        ),
        ("editMessageText", {"chat_id": 1001, "text": "x"}, "message identifier is not specified"),
        ("copyMessage", {"chat_id": 1001, "message_id": 1}, 'parameter "from_chat_id" is required'),
        (
            "sendMessage",
            {"chat_id": 1001, "text": "x", "reply_markup": {"inline_keyboard": [[{"text": "A"}]]}},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            "sendMessage",
            {
                "chat_id": 1001,
                "text": "x",
                "reply_markup": {"inline_keyboard": [[{**BUTTON, "callback_data": "x" * 65}]]},
            },
            "BUTTON_DATA_INVALID",
        ),
    ],
)
async def test_mistaken_parameters_are_refused(
    stage: Stage, method: str, params: dict[str, object], description: str
) -> None:
    assert await stage.refused(method, **params) == (400, f"Bad Request: {description}")


async def test_a_wrong_token_method_or_body_is_refused(stage: Stage) -> None:
    async def ask(path: str, **more: object) -> tuple[int, str]:
        async with stage.http.post(f"{stage.url}{path}", **more) as response:  # type: ignore[arg-type]  # aiohttp's own keywords
            return response.status, (await response.json())["description"]

    assert await ask("/bot1:x/getMe") == (401, "Unauthorized: invalid token specified")
    assert await ask(f"/bot{TOKEN}/getYou") == (404, "Not Found: method not found")
    bad = {"data": b"{", "headers": {"Content-Type": "application/json"}}
    assert await ask(f"/bot{TOKEN}/getMe", **bad) == (400, "Bad Request: can't parse JSON object")
    async with stage.http.get(f"{stage.url}/file/bot{TOKEN}/photos/none.png") as response:
        assert response.status == 404
    async with stage.http.get(f"{stage.url}/file/bot1:x/photos/none.png") as response:
        assert response.status == 401
