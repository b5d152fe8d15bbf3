"""Many sessions think at once in a whole desk, while humans go on with other customers.

The model's own time is what its stand-in, in a process of its own, took for each call. What an
answer takes beside it is all the rest: from the moment when the turn begins, after the last message
of the burst, until the answer is at the provider.

Humans notice AI agents if customers wait longer for them than in a desk in which humans answer the
same questions, of the same customers, at the same times.
"""

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from statistics import quantiles
from typing import Any

from sqlalchemy import text

from db.database import Database
from db.migrations import open_migrated
from db.tables import AiTakeover
from db.url import parse_database_url
from sandbox.openai.client import OpenAISandbox
from scripts.bench.agents.load import SPREAD, AskingLoad, ask_all, build_human_answers
from scripts.bench.agents.setup import ANSWER, add_channel
from scripts.bench.relay import SECRET, run_desk
from scripts.bench.stage import GROUP, TOKEN, Stage, run_stage, wait_until

_HUMANS = 20
_RATE = 20
_DEADLINE = 120
_FIRST_CUSTOMER = 720_000_000
_OPEN = (
    "SELECT COUNT(*) FROM ai_turns t JOIN conversations v ON v.id = t.conversation_id"
    " JOIN contacts c ON c.id = v.contact_id"
    " WHERE t.settled_at IS NULL AND c.external_id >= :first"
)
# A question names its customer first.
_NUMBER = re.compile(r"\((\d+), \d+, [\d.]+\)")
_TURNS = (
    "SELECT t.start_at, c.external_id FROM ai_turns t"
    " JOIN conversations v ON v.id = t.conversation_id JOIN contacts c ON c.id = v.contact_id"
    " WHERE t.action = 'answer' ORDER BY t.id"
)


@dataclass(frozen=True, slots=True)
class Milliseconds:
    """Quantiles of times."""

    p50: float
    p99: float


class Answering(StrEnum):
    """Ways to answer customers who ask again and again, beside those whom humans serve."""

    NOBODY_ASKS = "AI agents off, nobody else writes"
    HUMANS = "AI agents off, humans answer the same questions"
    AI_AGENT = "AI agents on"


@dataclass(frozen=True, slots=True)
class AgentFigures:
    """What was measured in one desk."""

    answering: Answering
    # How many were asked for, and how many came; to the others a human was called.
    asked: int
    answers: int
    # How many calls the model had at once: on average, and at most.
    thinking: float
    at_once: int
    # What the answers took beside the model; None: there were none.
    beside: Milliseconds | None
    # From a customer's message to its copy in the staff group, of customers whom humans serve.
    humans: Milliseconds
    cpu_milliseconds: float
    peak_megabytes: float


async def measure_desk(url: str, answering: Answering, load: AskingLoad) -> AgentFigures:
    """Measure a desk in which an AI agent, humans or nobody answers customers who ask."""
    is_on, asks = answering is Answering.AI_AGENT, answering is not Answering.NOBODY_ASKS
    takeover = AiTakeover.IMMEDIATE if is_on else AiTakeover.OFF
    async with run_stage(_HUMANS + load.customers) as play, OpenAISandbox(play.url) as model:
        await model.tune(seconds=load.seconds, spread=SPREAD)
        async with open_migrated(parse_database_url(url)) as database:
            await add_channel(database, token=TOKEN, group=GROUP, secret=SECRET, takeover=takeover)
            environment = {
                "OPENAI_BASE_URL": model.api_url,
                "AI_DEADLINE_SECONDS": str(_DEADLINE),
                "AI_CALLS_AT_ONCE": str(load.customers),
            }
            async with run_desk(play, url, **environment) as desk:
                await _warm_up(play, range(_HUMANS))
                answer = None
                if is_on:
                    await ask_all(play, replace(load, answers=1), _HUMANS)
                    await _wait_for_turns(database)
                elif asks:
                    await _warm_up(play, range(_HUMANS, _HUMANS + load.customers))
                    answer = await build_human_answers(play, load)
                cpu, asked_at = desk.cpu_seconds(), time.time()
                humans, _ = await asyncio.gather(
                    _measure_humans(play, load.lasts),
                    ask_all(play, load, _HUMANS, answer) if asks else asyncio.sleep(0),
                )
                cpu = desk.cpu_seconds() - cpu
                if is_on:
                    await _wait_for_turns(database)
                peak = desk.peak_megabytes()
            state, calls = await model.state(), await model.calls("chat")
            beside = await _read_beside(play, calls, database, asked_at) if is_on else []
    return AgentFigures(
        answering,
        asked=load.customers * load.answers if is_on else 0,
        answers=len(beside),
        thinking=_count_thinking(calls, asked_at + load.cycle, asked_at + load.lasts),
        at_once=state["most_open_calls"],
        beside=_measure(beside) if beside else None,
        humans=_measure(humans),
        cpu_milliseconds=cpu / load.lasts * 1000,
        peak_megabytes=peak,
    )


async def _warm_up(play: Stage, customers: range) -> None:
    """Let humans answer these customers; AI agents are silent there then."""
    await play.write_as_customers((number, f"warm {number}") for number in customers)

    async def has_topics() -> bool:
        return len(await play.topics()) >= customers.stop

    await wait_until(has_topics, seconds=120)
    topics = await play.topics()
    await play.write_as_agent(topics, ((number, f"hello {number}") for number in customers))
    await asyncio.sleep(3)


async def _wait_for_turns(database: Database) -> None:
    """Wait until no turn is open; on a busy machine some end with a human, and some are joined."""

    async def are_over() -> bool:
        async with database.transaction() as tx:
            first = {"first": str(_FIRST_CUSTOMER + _HUMANS)}
            return not await tx.scalar(text(_OPEN), first)

    await wait_until(are_over, seconds=300, every=1.0)
    await asyncio.sleep(2)  # the answers are on their way


async def _list_answers(play: Stage) -> list[dict[str, Any]]:
    """List the AI agent's answers to customers."""
    return [
        call
        for call in await play.list_sends(0)
        if int(call["chat_id"]) >= _FIRST_CUSTOMER + _HUMANS and call["params"]["text"] == ANSWER
    ]


async def _measure_humans(play: Stage, lasts: float) -> list[float]:
    """Write at a steady rate to humans, and return the seconds until each copy."""
    sent_at: dict[str, float] = {}
    before = await play.get_last_call()
    for number in range(int(_RATE * lasts)):
        words = f"lat {number}"
        sent_at[words] = time.time()
        await play.telegram.say(play.customers[number % _HUMANS], words)
        await asyncio.sleep(max(0.0, sent_at[words] + 1 / _RATE - time.time()))
    await asyncio.sleep(1)
    return [
        call["at"] - sent_at[call["params"]["text"]]
        for call in await play.list_sends(before)
        if call["params"]["text"] in sent_at
    ]


async def _read_beside(
    play: Stage, calls: Sequence[dict[str, Any]], database: Database, asked_at: float
) -> list[float]:
    """Return what each answer took beside the model, in seconds, in the order of the customers."""
    async with database.transaction() as tx:
        rows = (await tx.execute(text(_TURNS))).all()
    began: dict[int, list[float]] = {}
    for start_at, external_id in rows:
        if int(external_id) >= _FIRST_CUSTOMER + _HUMANS:
            began.setdefault(int(external_id), []).append(_to_seconds(start_at))
    answered: dict[int, list[float]] = {}
    for call in await _list_answers(play):
        answered.setdefault(int(call["chat_id"]), []).append(call["at"])
    thought: dict[int, list[float]] = {}
    for call in calls:
        asked = _NUMBER.findall(call["text"])
        if asked and call["form"] != "text":  # a summary for a human is text
            chat = _FIRST_CUSTOMER + _HUMANS + int(asked[-1])
            thought.setdefault(chat, []).append(call["ended"] - call["at"])
    return [
        end - begin - own
        for chat, begins in began.items()
        if len(begins) == len(answered.get(chat, ())) == len(thought.get(chat, ()))
        for begin, end, own in zip(begins, answered[chat], thought[chat], strict=True)
        if begin >= asked_at
    ]


def _count_thinking(calls: Sequence[dict[str, Any]], start: float, end: float) -> float:
    """Return how many calls the model had at once on average, between two moments."""
    if end <= start:
        return 0.0
    inside: list[float] = [min(call["ended"], end) - max(call["at"], start) for call in calls]
    return sum(each for each in inside if each > 0) / (end - start)


def _to_seconds(at: Any) -> float:
    """Return the Unix time of a stored time, which is in UTC."""
    stored = datetime.fromisoformat(at) if isinstance(at, str) else at
    return stored.replace(tzinfo=UTC).timestamp()


def _measure(seconds: Sequence[float]) -> Milliseconds:
    cuts = quantiles(seconds, n=100)
    return Milliseconds(cuts[49] * 1000, cuts[98] * 1000)


def print_figures(desks: Sequence[AgentFigures], say: Callable[[str], None]) -> None:
    """Print what AI agents cost, beside desks in which they are off."""
    for desk in desks:
        say(
            f"{desk.answering}: a customer's message at a human after "
            f"p50 {desk.humans.p50:.1f} ms, p99 {desk.humans.p99:.1f} ms; "
            f"CPU {desk.cpu_milliseconds:.0f} ms a second; "
            f"memory {desk.peak_megabytes:.0f} MB at most"
        )
        if desk.beside is not None:
            say(
                f"{desk.answers} of {desk.asked} answers, {desk.thinking:.0f} calls at once on "
                f"average and {desk.at_once} at most; beside the model's own time: "
                f"p50 {desk.beside.p50:.1f} ms, p99 {desk.beside.p99:.1f} ms"
            )
