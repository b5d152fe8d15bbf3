"""Tests with a model that obeys every injection: still nothing forbidden passes."""

import asyncio
from dataclasses import replace

import pytest

from desk.ai.guardrails.checks import check_answer
from desk.ai.guardrails.evidence import Evidence
from desk.ai.guardrails.other_clients import list_candidates
from desk.ai.model.openai_model import OpenAIModel
from desk.ai.model.ports import AnswerAction, ModelRequest
from desk.ai.model.server_calls import ServerCalls
from sandbox.app import serve
from sandbox.openai.client import OpenAISandbox
from tests.desk.ai.guardrails.scene import (
    OTHER_CLIENT,
    Attempt,
    build_answer,
    build_scene,
    load_attempts,
)
from tests.patience import PATIENCE

ATTEMPTS = load_attempts()


def with_other_names(evidence: Evidence, text: str) -> Evidence:
    """Look up the names in a text as a turn does, among one other client."""
    found = [each for each in list_candidates(text, evidence) if each == OTHER_CLIENT]
    return replace(evidence, other_names=found)


def test_the_set_is_large_and_varied() -> None:
    assert len(ATTEMPTS) >= 60
    assert {each.where for each in ATTEMPTS} == {
        "customer",
        "file_name",
        "article",
        "name",
        "forwarded",
    }
    assert sum(each.language == "id" for each in ATTEMPTS) >= 15
    assert len({each.text for each in ATTEMPTS}) == len(ATTEMPTS)


@pytest.mark.parametrize("action", list(AnswerAction))
def test_no_obedience_passes_whatever_the_action(action: AnswerAction) -> None:
    passed = []
    for attempt in ATTEMPTS:
        prompt, evidence = build_scene(attempt)
        text = attempt.fill(prompt)
        verdict = check_answer(build_answer(text, action), with_other_names(evidence, text))
        if verdict.passed:
            passed.append((attempt.text, text))
    assert passed == []


def test_no_attempt_leaves_its_block() -> None:
    for attempt in ATTEMPTS:
        prompt, _ = build_scene(attempt)
        [message] = prompt.messages
        assert message.text.count("<customer_message>") == 1
        assert message.text.endswith("</customer_message>")
        assert prompt.system.count("<passage id=") == prompt.system.count("</passage>") == 2
        if attempt.where != "article":
            assert attempt.text not in prompt.system


async def test_an_obedient_model_over_http_gets_nothing_through() -> None:
    """Order what an obedient model says for each attempt, and check what comes back."""
    async with serve() as running, OpenAISandbox(running.url) as sandbox:
        model = OpenAIModel(ServerCalls(sandbox.api_url, None, calls_at_once=10))

        async def ask(number: int, attempt: Attempt) -> bool:
            prompt, evidence = build_scene(attempt)
            text = attempt.fill(prompt)
            answer = build_answer(text)
            cited = [
                {"passage_id": each.passage_id, "quote": each.quote} for each in answer.citations
            ]
            said = {"action": "answer", "text": text, "citations": cited, "confidence": 0.99}
            system = f"{prompt.system}\nCase {number}."
            await sandbox.answers(said, when=f"Case {number}.", where="any")
            request = ModelRequest(system, prompt.messages, "m", 500, PATIENCE)
            reply = await model.answer(request)
            assert reply.answer.text == text.strip()
            return check_answer(reply.answer, with_other_names(evidence, text)).passed

        passed = await asyncio.gather(*(ask(*each) for each in enumerate(ATTEMPTS)))
        await model.close()
    assert not any(passed)


def test_the_same_scene_lets_honest_answers_pass() -> None:
    honest = {
        "en": "We are open from Monday to Friday from 9:00 to 17:00, and until 1 pm on Saturday.",
        "id": "Kami buka dari Senin sampai Jumat, dari jam 9 sampai jam 17.",
    }
    for attempt in ATTEMPTS:
        _, evidence = build_scene(attempt)
        answer = build_answer(honest[attempt.language])
        verdict = check_answer(answer, with_other_names(evidence, answer.text))
        assert verdict.passed, (attempt, verdict)
        assert verdict.support == 1.0
