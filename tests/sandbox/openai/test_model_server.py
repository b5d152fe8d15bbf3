"""Tests of the stand-in for a model server: its own answers, ordered ones, faults, refusals."""

import asyncio
import json

import aiohttp
import pytest

from sandbox.common.control_client import SandboxRequestError
from tests.sandbox.openai.stage import Stage, build_chat

STRICT = {
    "type": "json_schema",
    "json_schema": {
        "name": "answer",
        "strict": True,
        "schema": {
            "type": "object",
            "properties": {"text": {"type": "string"}},
            "required": ["text"],
            "additionalProperties": False,
        },
    },
}


async def test_the_stand_in_answers_from_the_passages(stage: Stage) -> None:
    said = json.loads(await stage.say("When are you open?"))
    assert (said["action"], said["language"]) == ("answer", "en")
    assert said["text"].startswith("We are open from 9:00 to 17:00.")
    assert said["citations"] == [{"passage_id": "P1", "quote": said["text"]}]
    said = json.loads(await stage.say("Berapa ongkos kirim?"))
    assert (said["action"], said["language"]) == ("answer", "id")
    assert "Rp 15.000" in said["text"]
    assert json.loads(await stage.say("Do you sell elephants?"))["action"] == "handover"
    assert json.loads(await stage.say("Saya mau bicara dengan orang"))["action"] == "handover"
    assert json.loads(await stage.say("hello"))["action"] in {"clarify", "handover"}
    [first, *_] = await stage.sandbox.calls("chat")
    assert (first["text"], first["form"], first["status"]) == ("When are you open?", "text", 200)


async def test_ordered_answers_come_first_and_are_used_up(stage: Stage) -> None:
    await stage.sandbox.answers("only this", when="open", tokens_in=7, tokens_out=3)
    status, content = await stage.chat("When are you open?")
    assert (status, content["choices"][0]["message"]["content"]) == (200, "only this")
    assert content["usage"]["total_tokens"] == 10
    assert await stage.say("When are you open?") != "only this"
    await stage.sandbox.answers({"a": 1}, when="bandung", where="any", times=0)
    assert [await stage.say("one"), await stage.say("two")] == ['{"a":1}'] * 2
    await stage.sandbox.clear_answers()
    assert await stage.say("three") != '{"a":1}'
    await stage.sandbox.answers("you said {echo}", echo=r"\bz\w+", times=0)
    assert await stage.say("zero and zebra") == "you said zebra"
    assert await stage.say("nothing") == "you said {echo}"


async def test_faults_spoil_what_is_said(stage: Stage) -> None:
    async def spoilt(kind: str) -> tuple[str | None, str | None, str]:
        await stage.sandbox.fault(kind)
        _, content = await stage.chat("When are you open?")
        choice = content["choices"][0]
        return choice["message"]["content"], choice["message"]["refusal"], choice["finish_reason"]

    text, _, _ = await spoilt("broken_json")
    with pytest.raises(ValueError, match=r"."):
        json.loads(text or "")
    assert (await spoilt("empty"))[0] == ""
    assert (await spoilt("refusal"))[:2] == (None, "I'm sorry, I can't help with that.")
    assert (await spoilt("content_filter"))[2] == "content_filter"
    assert (await spoilt("length"))[2] == "length"
    assert "moon" in ((await spoilt("nonsense"))[0] or "")


async def test_faults_of_the_server(stage: Stage) -> None:
    await stage.sandbox.fault(status=429, retry_after=3, text="open")
    assert (await stage.chat("something else"))[0] == 200
    async with stage.http.post(
        f"{stage.sandbox.api_url}/chat/completions",
        json=build_chat("when OPEN?"),
        headers={"Authorization": "Bearer x"},
    ) as response:
        assert (response.status, response.headers["Retry-After"]) == (429, "3")
        assert (await response.json())["error"]["type"] == "rate_limit_error"
    for kind in ("drop_before", "drop_after", "cut"):
        await stage.sandbox.fault(kind)
        with pytest.raises(aiohttp.ClientError):
            await stage.chat("hello")
    await stage.sandbox.fault("html")
    with pytest.raises(aiohttp.ContentTypeError):
        await stage.chat("hello")
    await stage.sandbox.fault("hang")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await stage.chat("hello")
    assert await stage.sandbox.faults() == []


async def test_what_the_server_does_not_support_is_refused(stage: Stage) -> None:
    assert (await stage.chat("hello", response_format=STRICT))[0] == 200
    await stage.sandbox.tune(json_schema_error=500, json_object_error=400, temperature=False)
    assert (await stage.chat("hello", response_format=STRICT))[0] == 500
    assert (await stage.chat("hello", response_format={"type": "json_object"}))[0] == 400
    status, content = await stage.chat("hello", temperature=0.5)
    assert (status, content["error"]["param"]) == (400, "temperature")
    await stage.sandbox.tune(images=False, max_tokens=False, json_schema_error=0)
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}
    body = {"model": "m", "messages": [{"role": "user", "content": [picture]}]}
    assert (await stage.post("chat/completions", body))[0] == 400
    assert (await stage.chat("hello", max_tokens=5))[0] == 400
    assert (await stage.chat("hello", max_completion_tokens=5))[0] == 200
    loose = json.loads(json.dumps(STRICT).replace("false", "true"))
    assert (await stage.chat("hello", response_format=loose))[0] == 400


async def test_keys_and_models_are_checked(stage: Stage) -> None:
    await stage.sandbox.tune(api_key="sk-right", models="big, small")
    body = build_chat("hello")
    assert (await stage.post("chat/completions", body, key="sk-wrong"))[0] == 401
    assert (await stage.post("chat/completions", body, key=""))[0] == 401
    assert (await stage.post("chat/completions", body, key="sk-right"))[0] == 404
    assert (await stage.post("chat/completions", {**body, "model": "big"}, key="sk-right"))[
        0
    ] == 200


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"model": "m"},
        {"messages": []},
        {"model": "m", "messages": "hello"},
        {"model": "m", "messages": [{"role": "robot", "content": "hello"}]},
        {"model": "m", "messages": ["hello"]},
        {"model": "m", "messages": [{"role": "user"}], "response_format": {"type": "xml"}},
        {"model": "m", "messages": [{"role": "user"}], "response_format": {"type": "json_object"}},
        {"model": "m", "messages": [{"role": "user"}], "response_format": {"type": "json_schema"}},
    ],
)
async def test_malformed_requests_get_400(stage: Stage, body: object) -> None:
    status, content = await stage.post("chat/completions", body)
    assert status == 400
    assert content["error"]["message"]


async def test_streams_end_with_usage_or_are_cut(stage: Stage) -> None:
    async def stream() -> list[str]:
        body = build_chat("When open?", stream=True, stream_options={"include_usage": True})
        url = f"{stage.sandbox.api_url}/chat/completions"
        headers = {"Authorization": "Bearer x"}
        async with stage.http.post(url, json=body, headers=headers) as response:
            text = (await response.read()).decode()
        return [line.removeprefix("data: ") for line in text.split("\n") if line]

    *chunks, end = await stream()
    assert end == "[DONE]"
    parts = [json.loads(chunk) for chunk in chunks]
    assert parts[-1]["usage"]["total_tokens"] > 0
    deltas = [part["choices"][0]["delta"].get("content", "") for part in parts[:-1]]
    assert json.loads("".join(deltas))["action"] == "answer"
    await stage.sandbox.fault("cut")
    with pytest.raises(aiohttp.ClientError):
        await stream()


async def test_embeddings_of_near_texts_are_near(stage: Stage) -> None:
    texts = ["delivery to Bandung", "deliveries to bandung", "a red elephant"]
    status, content = await stage.post("embeddings", {"model": "e", "input": texts})
    assert status == 200
    first, near, far = (each["embedding"] for each in content["data"])
    assert _dot(first, near) > 0.5 > _dot(first, far)
    for wrong in ([], [""], [1], None):
        assert (await stage.post("embeddings", {"model": "e", "input": wrong}))[0] == 400


async def test_control_mistakes_are_told(stage: Stage) -> None:
    with pytest.raises(SandboxRequestError, match="kind must be"):
        await stage.sandbox.fault("explode")
    with pytest.raises(SandboxRequestError, match="call must be"):
        await stage.sandbox.fault(call="music")
    with pytest.raises(SandboxRequestError, match="no setting colour"):
        await stage.sandbox.tune(colour=1)
    with pytest.raises(SandboxRequestError, match="true or false"):
        await stage.sandbox.tune(usage="yes")
    await stage.sandbox.tune(usage=False)
    assert "usage" not in (await stage.chat("hello"))[1]
    await stage.sandbox.reset()
    assert (await stage.sandbox.state())["tuning"]["usage"] is True
    assert await stage.sandbox.calls() == []


def _dot(one: list[float], two: list[float]) -> float:
    return sum(a * b for a, b in zip(one, two, strict=True))
