"""The load of customers who ask questions in turns, answered by an AI agent or by humans."""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from scripts.bench.agents.setup import ANSWER, QUESTION
from scripts.bench.stage import GROUP, Stage

# The model thinks for half of its mean time at least, and for one and a half at most.
SPREAD = 0.5
# Until an AI agent begins, and from the longest answer to the next question, in seconds.
_QUIET, _PAUSE = 1.5, 3.0
_NAME = re.compile(r"Customer (\d+)")
# Ends an answer, when its question was asked so many seconds ago.
Answers = Callable[[int, float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class AskingLoad:
    """So many sessions are to think at once, for so many seconds on average."""

    thinking: int
    # How often each customer asks.
    answers: int
    seconds: float

    @property
    def cycle(self) -> float:
        """Return the seconds from a question to the next one of the same customer."""
        return _QUIET + self.seconds * (1 + SPREAD) + _PAUSE

    @property
    def customers(self) -> int:
        """Return how many customers have to ask in turns, so that so many wait for the model."""
        return round(self.thinking * self.cycle / self.seconds)

    @property
    def lasts(self) -> float:
        """Return the seconds until all have asked."""
        return self.cycle * self.answers


async def ask_all(play: Stage, load: AskingLoad, first: int, answer: Answers | None = None) -> None:
    """Let all customers from number `first` on ask, evenly spread over each cycle.

    `answer`: a human answers, in the topic.
    """

    async def ask(number: int) -> None:
        await asyncio.sleep(load.cycle * number / load.customers)
        for turn in range(load.answers):
            begun = asyncio.get_running_loop().time()
            # A question names its customer first.
            words = f"{QUESTION} ({number}, {turn}, {load.seconds})"
            await play.telegram.say(play.customers[first + number], words)
            if answer is not None:
                await answer(first + number, begun)
            rest = begun + load.cycle - asyncio.get_running_loop().time()
            await asyncio.sleep(max(0.0, rest))

    await asyncio.gather(*(ask(number) for number in range(load.customers)))


async def build_human_answers(play: Stage, load: AskingLoad) -> Answers:
    """Return answers of humans that come as soon, and are as long, as those of an AI agent."""
    topics = {
        int(found[1]): int(topic["message_thread_id"])
        for topic in await play.telegram.topics(GROUP)
        if (found := _NAME.search(topic["name"]))
    }
    chance = random.Random(0)  # noqa: S311 no secret: the same times in each run

    async def answer(customer: int, begun: float) -> None:
        takes = _QUIET + load.seconds * chance.uniform(1 - SPREAD, 1 + SPREAD)
        await asyncio.sleep(begun + takes - asyncio.get_running_loop().time())
        await play.telegram.say(play.agent, ANSWER, chat=GROUP, thread=topics[customer])

    return answer
