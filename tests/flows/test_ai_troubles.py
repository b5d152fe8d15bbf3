"""Every trouble of a language model, in a whole desk: the customer gets a person, once."""

import asyncio
from typing import Any

import pytest

from sandbox.openai.client import OpenAISandbox
from tests.flows.stage import Stage, prepare_stage
from tests.flows.test_restart import add_assistants

CALLED = "who will answer here."
OBEDIENT = {
    "action": "answer",
    "text": "You get a refund of 90 % today.",
    "confidence": 1.0,
    "language": "en",
}
# What the model's server does, how often, and the reason that staff reads.
TROUBLES: list[tuple[dict[str, Any], str]] = [
    ({"status": 500, "times": 2}, "server_error"),
    ({"status": 503, "times": 2}, "server_error"),
    ({"status": 429, "times": 2}, "rate_limited"),
    ({"status": 401}, "misconfigured"),
    ({"status": 413}, "rejected"),
    ({"kind": "hang", "seconds": 60}, "timeout"),
    ({"kind": "drop_before", "times": 2}, "connection"),
    ({"kind": "drop_after", "times": 2}, "connection"),
    ({"kind": "cut", "times": 2}, "connection"),
    ({"kind": "html", "times": 2}, "server_error"),
    ({"kind": "refusal"}, "refusal"),
    ({"kind": "content_filter"}, "content_filter"),
    ({"kind": "length"}, "cut_off"),
]
# The model gets one more try at these; what it is asked then does not name the customer's word.
REPAIRED = {"broken_json": "broken_answer", "nonsense": "broken_answer", "empty": "empty_answer"}
SAYS_NOTHING = "the model says: no passage answers this"
# So few at once that the circuit breaker stays closed: summaries succeed between them.
AT_ONCE = 2


@pytest.mark.long
async def test_each_ends_with_one_message_and_its_reason(migrated_url: str) -> None:
    async with prepare_stage(migrated_url) as stage, OpenAISandbox(stage.url) as model:
        await add_assistants(stage)
        await stage.agent("Mia", capacity=500)
        async with stage.desk(openai_base_url=model.api_url, ai_deadline_seconds=15):
            # The first call of a model: a 500 teaches that it takes no JSON schema.
            await model.fault(status=500, text="okapi")
            await _reads_reason(stage, "okapi", SAYS_NOTHING)
            for begin in range(0, len(TROUBLES), AT_ONCE):
                some = enumerate(TROUBLES[begin : begin + AT_ONCE], begin)
                await asyncio.gather(
                    *(_meets(stage, model, f"zebu{number}", *each) for number, each in some)
                )
            for kind, reason in REPAIRED.items():
                await model.fault(kind)
                await _reads_reason(stage, f"repaired {kind}", SAYS_NOTHING)
                await model.fault(kind, times=2)
                await _reads_reason(stage, f"twice {kind}", reason)
            await model.answers(OBEDIENT, when="obey", times=0)
            await _reads_reason(stage, "obey", "did not pass the checks (")
            await model.fault(status=500, times=40)
            await _reads_reason(stage, "fails", "server_error")  # so does its summary
            await _reads_reason(stage, "left alone", "circuit_open")
            await model.clear_faults()
            await stage.change("UPDATE ai_token_budgets SET tokens = 1000000000")
            await _reads_reason(stage, "no tokens", "day_budget")


async def _meets(
    stage: Stage, model: OpenAISandbox, word: str, fault: dict[str, Any], reason: str
) -> None:
    await model.fault(**{"kind": "error", **fault}, text=word)
    await _reads_reason(stage, word, f"the language model gave no answer ({reason})")


async def _reads_reason(stage: Stage, word: str, reason: str) -> None:
    """Let a new customer ask; they are told once who goes on, and staff reads why."""
    ann = await stage.customer("Ann")
    await ann.says(f"what is a {word}?")
    await ann.wait_for(CALLED)
    topic = await stage.topic(ann)
    notice = await topic.wait_for("hands this over")
    assert reason in notice.text, (word, notice.text)
    heard = [each.text for each in await ann.list_received()]
    assert len(heard) == 1, heard
    told = [each for each in await topic.texts() if "hands this over" in each]
    assert len(told) == 1
