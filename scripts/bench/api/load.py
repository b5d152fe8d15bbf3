"""Calls at a steady rate, however long the answers take: no call waits for the one before."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from statistics import quantiles

# Takes the number of the call, and returns the status of the answer.
Call = Callable[[int], Awaitable[int]]


@dataclass(slots=True)
class ResponseTimes:
    """How long answers took, in milliseconds since each call was due."""

    waits: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def p50(self) -> float:
        return quantiles(self.waits, n=100)[49]

    @property
    def p99(self) -> float:
        return quantiles(self.waits, n=100)[98]


async def call_at_rate(call: Call, *, rate: float, seconds: float) -> ResponseTimes:
    """Call `rate` times a second for `seconds`; `call` gets the number of the call."""
    answers, began = ResponseTimes(), time.perf_counter()

    async def one(number: int, due: float) -> None:
        status = await call(number)
        answers.waits.append((time.perf_counter() - due) * 1000)
        answers.statuses[status] += 1

    async with asyncio.TaskGroup() as group:
        for number in range(int(rate * seconds)):
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            group.create_task(one(number, due))
    return answers
