"""Many sessions think at once: prompt, call, reading of the answer, guardrails.

The model's own time is what its stand-in, in a process of its own, took for each call.
"""

import asyncio
import gc
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from db.ids import ArticleId, PassageId
from desk.ai.guardrails.checks import check_answer
from desk.ai.guardrails.evidence import build_evidence
from desk.ai.model.openai_model import OpenAIModel
from desk.ai.model.ports import ModelRequest
from desk.ai.model.server_calls import ServerCalls
from desk.ai.prompt.prompt import Author, PromptInput, SessionMessage, build_prompt
from desk.knowledge.ports import FoundPassage
from sandbox.openai.client import OpenAISandbox
from scripts.bench.processes import start_python

_DEADLINE = 120.0
_MAX_TOKENS = 500
_PASSAGES = 5
_SENTENCES = (
    "Articles are imported from Markdown, HTML, PDF and CSV with a command.",
    "Opening hours are set for each channel, from Monday to Friday and from 9:00 to 17:00.",
    "A session ends by itself after 23 hours without a message.",
    "Agents are invited with a code that is valid for 15 minutes.",
    "Backups are made with one command while the desk runs.",
)


@dataclass(frozen=True, slots=True)
class AiFigures:
    """What the answers took beside the model, in milliseconds, and the process's memory."""

    answers: int
    at_once: int
    median: float
    p99: float
    cpu: float
    megabytes_before: float
    megabytes: float
    passed: int


async def measure_answers(sessions: int, answers: int, seconds: float) -> AiFigures:
    """Let each of `sessions` ask so many times, with a model that thinks for `seconds`."""
    before = _read_megabytes()
    async with (
        start_python("-m", "sandbox", ready_text="http://") as (_, url),
        OpenAISandbox(url) as sandbox,
    ):
        await sandbox.tune(seconds=seconds)
        calls = ServerCalls(sandbox.api_url, "none", calls_at_once=sessions)
        model = OpenAIModel(calls)
        try:
            await _answer(model, "warm-up")  # the first call imports the package
            gc.freeze()
            cpu = time.process_time()
            # Spread over the model's time, as sessions are.
            asked = (
                _hold_session(model, number, answers, seconds * number / sessions)
                for number in range(sessions)
            )
            taken = dict(pair for pairs in await asyncio.gather(*asked) for pair in pairs)
            cpu, megabytes = time.process_time() - cpu, _read_megabytes()
            thought = {
                each["text"]: each["ended"] - each["at"] for each in await sandbox.calls("chat")
            }
            at_once = (await sandbox.state())["most_open_calls"]
        finally:
            await model.close()
    beside = sorted(whole - thought[text] for text, (whole, _) in taken.items())
    return AiFigures(
        answers=len(beside),
        at_once=at_once,
        median=_quantile(beside, 0.5) * 1000,
        p99=_quantile(beside, 0.99) * 1000,
        cpu=cpu / len(beside) * 1000,
        megabytes_before=before,
        megabytes=megabytes,
        passed=sum(passed for _, passed in taken.values()),
    )


async def _hold_session(
    model: OpenAIModel, number: int, answers: int, wait: float
) -> Sequence[tuple[str, tuple[float, bool]]]:
    await asyncio.sleep(wait)
    taken = []
    for turn in range(answers):
        question = f"When does a session end by itself? ({number}, {turn})"
        taken.append((question, await _answer(model, question)))
    return taken


async def _answer(model: OpenAIModel, question: str) -> tuple[float, bool]:
    """Return the seconds of one answer, and whether it passed the guardrails."""
    started = time.perf_counter()
    prompt = build_prompt(
        PromptInput(
            [SessionMessage(Author.CUSTOMER, question)],
            datetime.now(UTC),
            passages=_PASSAGES_SHOWN,
            language="en",
        )
    )
    reply = await model.answer(
        ModelRequest(prompt.system, prompt.messages, "bench", _MAX_TOKENS, _DEADLINE)
    )
    evidence = build_evidence(prompt, customer_words=[question], language="en")
    verdict = check_answer(reply.answer, evidence)
    return time.perf_counter() - started, verdict.passed


def _build_passages() -> list[FoundPassage]:
    passages = []
    for number in range(_PASSAGES):
        turned = (*_SENTENCES[number:], *_SENTENCES[:number])
        ids = PassageId(f"P{number}"), ArticleId(f"A{number}")
        passages.append(FoundPassage(*ids, "About it", " ".join(turned * 3), "en", 1.0))
    return passages


_PASSAGES_SHOWN = _build_passages()


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def _read_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def report_answers(sessions: int, answers: int, seconds: float, say: Callable[[str], None]) -> None:
    """Measure and print."""
    figures = asyncio.run(measure_answers(sessions, answers, seconds))
    say(
        f"{figures.answers} answers, {figures.at_once} calls at once; beside the model's own time: "
        f"median {figures.median:.1f} ms, p99 {figures.p99:.1f} ms, CPU {figures.cpu:.1f} ms each"
    )
    say(
        f"memory of the process: {figures.megabytes_before:.0f} MB before the first call, "
        f"{figures.megabytes:.0f} MB at most; {figures.passed} answers passed the guardrails"
    )
