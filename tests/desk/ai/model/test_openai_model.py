"""Tests of the model adapter over real HTTP: answers, learned abilities, and every fault."""

import asyncio
import json
import subprocess
import sys
from typing import Any

import pytest

from desk.ai.model.ports import (
    AnswerAction,
    AnswerForm,
    CircuitOpen,
    Citation,
    FailureReason,
    ModelError,
    ModelNonsense,
    ModelRefused,
    ModelUnavailable,
)
from tests.desk.ai.model.stage import GOOD, Stage, build_request, staged
from tests.patience import SOON

# The first call imports the package; a short deadline would be used up by that.
SHORT = 1.0


async def test_an_answer_is_structured_and_counted(stage: Stage) -> None:
    await stage.sandbox.answers(GOOD, tokens_in=120, tokens_out=30)
    reply = await stage.ask()
    assert reply.answer.action is AnswerAction.ANSWER
    assert reply.answer.citations == (Citation("P1", "open from 9:00 to 17:00"),)
    assert (reply.answer.language, reply.answer.confidence) == ("en", 0.9)
    assert (reply.usage.tokens_in, reply.usage.tokens_out) == (120, 30)
    assert (reply.form, reply.model) == (AnswerForm.JSON_SCHEMA, "gpt-4.1-mini")
    assert reply.duration > 0
    [call] = await stage.sandbox.calls("chat")
    assert call["body"]["max_tokens"] == 500
    assert call["body"]["temperature"] == 0.2
    assert "stream" not in call["body"]
    # The stand-in's own answers pass the strict schema, too.
    own = await stage.ask("Berapa ongkos kirim ke Bandung?")
    assert (own.answer.language, "15.000" in own.answer.text) == ("id", True)


async def test_free_text_is_written_without_a_form(stage: Stage) -> None:
    await stage.sandbox.answers("<think>Hm.</think> The customer asked for the hours. ")
    written = await stage.write()
    assert written.text == "The customer asked for the hours."
    [call] = await stage.sandbox.calls("chat")
    assert "response_format" not in call["body"]
    assert "citations" not in call["body"]["messages"][0]["content"]
    await stage.sandbox.fault("empty")
    with pytest.raises(ModelNonsense) as empty:
        await stage.write()
    assert empty.value.reason is FailureReason.EMPTY_ANSWER


@pytest.mark.parametrize(
    ("tuning", "forms", "used"),
    [
        ({"json_schema_error": 500}, ["json_object"], AnswerForm.JSON_OBJECT),
        ({"json_schema_error": 400}, ["json_object"], AnswerForm.JSON_OBJECT),
        (
            {"json_schema_error": 500, "json_object_error": 400},
            ["text"],
            AnswerForm.TEXT,
        ),
    ],
)
async def test_the_form_that_worked_is_remembered_for_each_model(
    stage: Stage, tuning: dict[str, Any], forms: list[str], used: AnswerForm
) -> None:
    await stage.sandbox.tune(**tuning, before="Here you are:\n```json\n", after="\n```")
    reply = await stage.ask()
    assert (reply.form, reply.answer.action) == (used, AnswerAction.ANSWER)
    assert [each["status"] for each in await stage.sandbox.calls("chat")][-1] == 200
    before = len(await stage.forms())
    assert (await stage.ask()).form is used
    assert (await stage.forms())[before:] == forms
    # Another model is asked from the beginning; a server that was upgraded is, after a while.
    await stage.ask(model="other")
    assert len(await stage.forms()) == before + 1 + before
    await stage.sandbox.tune(json_schema_error=0, json_object_error=0)
    stage.clock.advance(minutes=61)
    assert (await stage.ask()).form is AnswerForm.JSON_SCHEMA


async def test_a_proven_form_is_kept_when_the_server_has_trouble(stage: Stage) -> None:
    assert (await stage.ask()).form is AnswerForm.JSON_SCHEMA
    await stage.sandbox.fault(status=500)
    assert (await stage.ask()).form is AnswerForm.JSON_SCHEMA
    assert await stage.statuses() == [200, 500, 200]


async def test_what_a_model_does_not_take_is_left_out(stage: Stage) -> None:
    await stage.sandbox.tune(temperature=False, max_tokens=False, images=False)
    await stage.ask(images=1)
    body = (await stage.sandbox.calls("chat"))[-1]["body"]
    assert "temperature" not in body
    assert body["max_completion_tokens"] == 500
    assert "cannot see pictures" in body["messages"][-1]["content"]
    assert len(await stage.statuses()) == 4
    await stage.ask(images=1)
    assert len(await stage.statuses()) == 5


async def test_pictures_are_sent_where_the_model_sees_them(stage: Stage) -> None:
    await stage.ask(images=2)
    [call] = await stage.sandbox.calls("chat")
    text, *pictures = call["body"]["messages"][-1]["content"]
    assert text == {"type": "text", "text": "When are you open?"}
    assert [each["image_url"]["url"] for each in pictures] == ["data:image/png;base64,iVBORw=="] * 2


@pytest.mark.parametrize("kind", ["broken_json", "nonsense", "empty"])
async def test_a_broken_answer_is_repaired_once(stage: Stage, kind: str) -> None:
    await stage.sandbox.answers(GOOD, times=0)
    await stage.sandbox.fault(kind)
    reply = await stage.ask()
    assert reply.answer.action is AnswerAction.ANSWER
    first, second = await stage.sandbox.calls("chat")
    assert len(second["body"]["messages"]) == len(first["body"]["messages"]) + 2
    assert reply.usage.tokens_in > len(json.dumps(first["body"]["messages"])) // 8
    await stage.sandbox.fault(kind, times=2)
    with pytest.raises(ModelNonsense) as error:
        await stage.ask()
    empty, broken = FailureReason.EMPTY_ANSWER, FailureReason.BROKEN_ANSWER
    assert error.value.reason is (empty if kind == "empty" else broken)
    assert error.value.usage.tokens_in > 0
    assert len(await stage.statuses()) == 4


@pytest.mark.parametrize(
    "said",
    [
        {**GOOD, "action": "refund"},
        {**GOOD, "text": ""},
        {**GOOD, "text": 5},
        {**GOOD, "citations": "P1"},
        {**GOOD, "citations": [["P1"]]},
        [GOOD],
        "null",
        '{"action": "answer", "text": "half',
        "{" * 2000,
        '{"a":' * 5000,
    ],
)
async def test_answers_outside_of_the_schema_are_nonsense(stage: Stage, said: Any) -> None:
    text = said if isinstance(said, str) else json.dumps(said)
    # A list around an object is read, because models write one.
    if said == [GOOD]:
        await stage.sandbox.answers(text)
        assert (await stage.ask()).answer.text == GOOD["text"]
        return
    await stage.sandbox.answers(text, times=2)
    with pytest.raises(ModelNonsense):
        await stage.ask()


@pytest.mark.parametrize(
    ("kind", "error", "reason"),
    [
        ("refusal", ModelRefused, FailureReason.REFUSAL),
        ("content_filter", ModelRefused, FailureReason.CONTENT_FILTER),
        ("length", ModelNonsense, FailureReason.CUT_OFF),
    ],
)
async def test_refusals_and_cut_answers_are_told_apart(
    stage: Stage, kind: str, error: type[ModelError], reason: FailureReason
) -> None:
    await stage.sandbox.fault(kind)
    with pytest.raises(error) as raised:
        await stage.ask()
    assert raised.value.reason is reason
    assert raised.value.usage.total > 0
    assert len(await stage.statuses()) == 1


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"status": 500}, FailureReason.SERVER_ERROR),
        ({"status": 503}, FailureReason.SERVER_ERROR),
        ({"status": 504}, FailureReason.TIMEOUT),
        ({"kind": "html", "status": 502}, FailureReason.SERVER_ERROR),
        ({"kind": "html", "status": 200}, FailureReason.MISCONFIGURED),
        ({"kind": "drop_before"}, FailureReason.CONNECTION),
        ({"kind": "drop_after"}, FailureReason.CONNECTION),
        ({"kind": "cut"}, FailureReason.CONNECTION),
        ({"status": 429}, FailureReason.RATE_LIMITED),
        ({"status": 429, "code": "insufficient_quota"}, FailureReason.MISCONFIGURED),
        ({"status": 401}, FailureReason.MISCONFIGURED),
        ({"status": 404, "code": "model_not_found"}, FailureReason.MISCONFIGURED),
        ({"status": 302}, FailureReason.REJECTED),
        ({"status": 400, "message": "too long"}, FailureReason.REJECTED),
        ({"status": 400, "code": "content_filter"}, FailureReason.CONTENT_FILTER),
    ],
)
async def test_faults_of_the_server_have_their_reason(
    stage: Stage, fault: dict[str, Any], reason: FailureReason
) -> None:
    await stage.ask()
    await stage.sandbox.fault(times=9, **fault)
    with pytest.raises((ModelUnavailable, ModelRefused)) as raised:
        await stage.ask()
    assert raised.value.reason is reason
    # What may pass is tried twice, the others once.
    passing = {
        FailureReason.SERVER_ERROR,
        FailureReason.CONNECTION,
        FailureReason.RATE_LIMITED,
    }
    tries = 9 - (await stage.sandbox.faults())[0]["times"]
    assert tries == (2 if reason in passing else 1)
    assert "sk-test" not in str(raised.value)
    await stage.sandbox.clear_faults()
    assert (await stage.ask()).answer.action is AnswerAction.ANSWER


async def test_a_fault_that_passes_is_not_noticed(stage: Stage) -> None:
    await stage.ask()
    for fault in ({"status": 503}, {"kind": "cut"}, {"status": 429, "retry_after": 0.01}):
        await stage.sandbox.fault(**fault)
        assert (await stage.ask()).answer.action is AnswerAction.ANSWER


async def test_the_deadline_ends_a_call(stage: Stage) -> None:
    await stage.ask()
    for kind in ("hang", "late"):
        await stage.sandbox.fault(kind, seconds=PATIENT)
        with pytest.raises(ModelUnavailable) as raised:
            await stage.ask(deadline=SHORT)
        assert raised.value.reason is FailureReason.TIMEOUT
        assert raised.value.usage.tokens_in > 0
    # A pause that the server asks for does not fit into the deadline either.
    await stage.sandbox.fault(status=429, retry_after=60)
    with pytest.raises(ModelUnavailable) as limited:
        await stage.ask(deadline=SOON)
    assert (limited.value.reason, limited.value.retry_after) == (FailureReason.RATE_LIMITED, 60.0)
    # Until then nobody calls.
    with pytest.raises(CircuitOpen) as closed:
        await stage.ask()
    assert closed.value.retry_after == 60.0
    stage.clock.advance(seconds=61)
    assert (await stage.ask()).answer.action is AnswerAction.ANSWER


PATIENT = 300.0


async def test_a_server_that_keeps_failing_is_left_alone(stage: Stage) -> None:
    await stage.ask()
    await stage.sandbox.fault(status=503, times=100)
    reasons = []
    for _ in range(4):
        with pytest.raises(ModelError) as raised:
            await stage.ask()
        reasons.append(raised.value.reason)
    broken, is_open = FailureReason.SERVER_ERROR, FailureReason.CIRCUIT_OPEN
    assert reasons == [broken, broken, is_open, is_open]
    calls = len(await stage.statuses())
    assert calls == 1 + 5
    # A probe that fails opens it again, one that is answered closes it.
    stage.clock.advance(seconds=11)
    with pytest.raises(ModelError):
        await stage.ask()
    await stage.sandbox.clear_faults()
    stage.clock.advance(seconds=11)
    with pytest.raises(CircuitOpen):
        await stage.ask()
    stage.clock.advance(seconds=11)
    await stage.ask()
    await asyncio.gather(*(stage.ask() for _ in range(5)))


async def test_so_many_calls_run_at_once_and_no_more() -> None:
    async with staged(calls_at_once=3) as stage:
        await stage.sandbox.tune(seconds=0.05)
        await asyncio.gather(*(stage.ask() for _ in range(9)))
        assert (await stage.sandbox.state())["most_open_calls"] == 3
        await stage.sandbox.tune(seconds=PATIENT)
        waiting = [asyncio.create_task(stage.ask()) for _ in range(3)]
        async with asyncio.timeout(PATIENT):
            while (await stage.sandbox.state())["open_calls"] < 3:  # noqa: ASYNC110 a server's
                await asyncio.sleep(0.01)
        with pytest.raises(ModelUnavailable) as busy:
            await stage.ask(deadline=0.05)
        assert busy.value.reason is FailureReason.BUSY
        for each in waiting:
            each.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await stage.sandbox.tune(seconds=0)
        await stage.ask()


async def test_embeddings_keep_their_order(stage: Stage) -> None:
    made = await stage.model.embed(["delivery to Bandung", "a red elephant"], deadline=PATIENT)
    assert [len(each) for each in made.vectors] == [256, 256]
    assert made.vectors[0] != made.vectors[1]
    assert made.usage.tokens_in > 0
    assert (await stage.model.embed([], deadline=PATIENT)).vectors == []
    await stage.sandbox.fault(call="embeddings", status=400)
    with pytest.raises(ModelRefused):
        await stage.model.embed(["x"], deadline=PATIENT)
    await stage.sandbox.fault("html", call="embeddings", status=200)
    with pytest.raises(ModelUnavailable):
        await stage.model.embed(["x"], deadline=PATIENT)


async def test_usage_is_estimated_where_the_server_does_not_count(stage: Stage) -> None:
    await stage.sandbox.tune(usage=False)
    usage = (await stage.ask()).usage
    assert usage.tokens_in > 100
    assert usage.tokens_out > 10


async def test_a_server_on_this_machine_needs_no_key() -> None:
    async with staged(api_key=None) as stage:
        assert (await stage.ask()).answer.action is AnswerAction.ANSWER


def test_the_key_and_pictures_are_not_shown() -> None:
    assert "PNG" not in repr(build_request(images=1))


@pytest.mark.parametrize(
    "module",
    ["desk.ai.model.openai_model", pytest.param("scripts.wiring", marks=pytest.mark.long)],
)
def test_the_package_is_imported_by_the_first_call_only(module: str) -> None:
    program = (
        f"import sys, {module}, desk.ai.model.openai_model as m\n"
        "from desk.ai.model.server_calls import ServerCalls\n"
        "m.OpenAIModel(ServerCalls('http://127.0.0.1:9/v1', 'k', calls_at_once=1))\n"
        "print([n for n in ('openai', 'httpx', 'httpx2') if n in sys.modules])"
    )
    ended = subprocess.run(  # noqa: S603 our own program
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert ended.stdout == "[]\n", ended.stderr
