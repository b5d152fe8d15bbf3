"""Measures how fast messages travel from customers to the staff group, and answers back.

Work queues up for a suspended process, which is then resumed. So its own speed is measured, not
that of the program that sends the messages.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import quantiles
from typing import Any

from scripts.bench.processes import Measured, MeasuredProcess, start_python
from scripts.bench.stage import GROUP, TOKEN, Stage, run_stage, wait_until

SECRET = "benchmark-secret-of-forty-characters-000"  # noqa: S105 guards nothing
_RATE = 50
_RATE_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Figures:
    """The cost of one direction."""

    name: str
    messages: int
    per_second: float
    cpu_microseconds: float
    peak_megabytes: float


@dataclass(frozen=True, slots=True)
class Latency:
    """Time from a message being available to its copy being received, in milliseconds."""

    p50: float
    p99: float


async def measure_relay(
    database_url: str, *, messages: int, customers: int
) -> tuple[list[Figures], Latency]:
    """Measure the baseline, both directions, and the latency at 50 messages a second."""
    each = messages // customers
    async with run_stage(customers) as play:
        figures = [await _measure_baseline(play, each)]
    async with run_stage(customers) as play, run_desk(play, database_url) as desk:
        figures += await measure_both_ways(play, desk, each)
        latency = await _measure_latency(play)
    return figures, latency


async def measure_both_ways(play: Stage, desk: Measured, each: int) -> list[Figures]:
    """Open the customers' topics, then measure `each` messages of each customer, and answers."""
    await _warm_up(play)
    return [await _measure_inbound(play, desk, each), await _measure_outbound(play, desk, each)]


@asynccontextmanager
async def run_desk(
    play: Stage, database_url: str, command: str = "run", **settings: str
) -> AsyncIterator[MeasuredProcess]:
    """Run a desk with the stage's bot, or a worker of one, as a process of its own."""
    environment = {
        "DATABASE_URL": database_url,
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_STAFF_GROUP": str(GROUP),
        "TELEGRAM_API_URL": play.url,
        "TELEGRAM_LIMITS": "off",
        "CUSTOMER_LIMIT": "0",
        "STAFF_ENROLMENT": "members",
        "JWT_SECRET": SECRET,
        "SECRET_KEY": SECRET,
        "PORT": "0",
        **settings,
    }
    async with start_python(
        "-m", "scripts.cli", command, environment=environment, ready_text='"event": "ready"'
    ) as (process, _):
        yield process


async def _measure_baseline(play: Stage, each: int) -> Figures:
    arguments = ("-m", "scripts.bench.baseline_bot", TOKEN, play.url, str(GROUP))
    async with start_python(*arguments, ready_text="ready") as (bare, _):
        await play.write_as_customers((number, "warm") for number in range(len(play.customers)))
        await _wait_for_sends(play, 0, len(play.customers))
        return await _measure("bare aiogram echo", play, bare, _build_inbound_texts(play, each))


async def _warm_up(play: Stage) -> None:
    """Open every conversation's topic, and assign every session to the agent."""
    many = len(play.customers)
    await play.write_as_customers((number, f"warm {number}") for number in range(many))
    await wait_until(lambda: _has_topics(play, many), seconds=60)
    topics = await play.topics()
    await play.write_as_agent(topics, ((number, f"hello {number}") for number in range(many)))
    await asyncio.sleep(3)


async def _has_topics(play: Stage, many: int) -> bool:
    return len(await play.topics()) >= many


def _build_inbound_texts(play: Stage, each: int) -> list[tuple[int, str]]:
    return [(c, f"in {c} {n}") for n in range(each) for c in range(len(play.customers))]


async def _measure_inbound(play: Stage, desk: Measured, each: int) -> Figures:
    return await _measure("customers to staff", play, desk, _build_inbound_texts(play, each))


async def _measure_outbound(play: Stage, desk: Measured, each: int) -> Figures:
    topics = await play.topics()
    texts = [(t, f"out {t} {n}") for n in range(each) for t in range(len(topics))]
    return await _measure("staff to customers", play, desk, texts, topics)


async def _measure(
    name: str,
    play: Stage,
    process: Measured,
    texts: list[tuple[int, str]],
    topics: list[int] | None = None,
) -> Figures:
    before = await play.get_last_call()
    process.pause()
    if topics is None:
        await play.write_as_customers(texts)
    else:
        await play.write_as_agent(topics, texts)
    cpu, started = process.cpu_seconds(), time.time()
    process.resume()
    calls = await _wait_for_sends(play, before, len(texts))
    took = calls[len(texts) - 1]["at"] - started
    await asyncio.sleep(0.5)  # settling the last messages is part of the cost
    used = process.cpu_seconds() - cpu
    return Figures(
        name, len(texts), len(texts) / took, used / len(texts) * 1e6, process.peak_megabytes()
    )


async def _wait_for_sends(play: Stage, before: int, many: int) -> list[dict[str, Any]]:
    """Wait for `many` texts since call number `before`; return the call of each, in order.

    On a busy machine short texts of a customer wait and travel as one message, a line for each.
    """
    seen: list[dict[str, Any]] = []

    async def all_there() -> bool:
        calls = await play.list_sends(int(seen[-1]["seq"]) if seen else before)
        seen.extend(call for call in calls for _ in call["params"]["text"].splitlines())
        return len(seen) >= many

    await wait_until(all_there, seconds=120, every=0.3)
    return seen


async def _measure_latency(play: Stage) -> Latency:
    """Write at a steady rate and compare times; both clocks are this machine's."""
    sent_at: dict[str, float] = {}
    before = await play.get_last_call()
    for number in range(_RATE * _RATE_SECONDS):
        text = f"lat {number}"
        sent_at[text] = time.time()
        await play.telegram.say(play.customers[number % len(play.customers)], text)
        await asyncio.sleep(max(0.0, sent_at[text] + 1 / _RATE - time.time()))
    await asyncio.sleep(1)
    waits = [
        (call["at"] - sent_at[call["params"]["text"]]) * 1000
        for call in await play.list_sends(before)
        if call["params"]["text"] in sent_at
    ]
    cuts = quantiles(waits, n=100)
    return Latency(cuts[49], cuts[98])
