"""The environment of a benchmark: a sandbox in another process, customers, a staff group."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sandbox.telegram.client import TelegramSandbox
from scripts.bench.processes import start_python

TOKEN = "700000001:benchmark-token-of-the-sandbox-alone"  # noqa: S105 the sandbox's own
GROUP = -1007000000001
_AT_ONCE = 16


@dataclass(slots=True)
class Stage:
    """The sandbox and the people of a benchmark."""

    url: str
    telegram: TelegramSandbox
    customers: list[dict[str, Any]] = field(default_factory=list)
    agent: dict[str, Any] = field(default_factory=dict)

    async def write_as_customers(self, texts: Iterable[tuple[int, str]]) -> None:
        """Write as customers: pairs of (customer's number, text), in order for each customer."""
        await _run_in_lanes(
            (number, self.telegram.say(self.customers[number], text)) for number, text in texts
        )

    async def write_as_agent(self, topics: list[int], texts: Iterable[tuple[int, str]]) -> None:
        """Write as the agent: pairs of (topic's number, text), in order for each topic."""
        await _run_in_lanes(
            (
                number,
                self.telegram.say(self.agent, text, chat=GROUP, thread=topics[number]),
            )
            for number, text in texts
        )

    async def topics(self) -> list[int]:
        """List the topics of conversations."""
        found = await self.telegram.topics(GROUP)
        return [each["message_thread_id"] for each in found if each["name"] != "General"]

    async def list_sends(self, after: int) -> list[dict[str, Any]]:
        """List the messages that the bot sent since call number `after`."""
        return await self.telegram.calls("sendMessage", after=after)

    async def get_last_call(self) -> int:
        """Return the number of the bot's last call."""
        calls = await self.telegram.calls("sendMessage")
        return int(calls[-1]["seq"]) if calls else 0


@asynccontextmanager
async def run_stage(customers: int) -> AsyncIterator[Stage]:
    """Run a sandbox with that many customers and one agent."""
    async with (
        start_python("-m", "sandbox", ready_text="http://") as (_, url),
        TelegramSandbox(url) as telegram,
    ):
        set_stage = Stage(url, telegram)
        bot = await telegram.add_bot(TOKEN)
        set_stage.agent = await telegram.add_user("Agent", id=710000000)
        set_stage.customers = [
            await telegram.add_user(f"Customer {number}", id=720000000 + number)
            for number in range(customers)
        ]
        await telegram.add_group("Staff", id=GROUP, members=[set_stage.agent], bots=[bot])
        yield set_stage


async def wait_until(done: Any, *, seconds: float, every: float = 0.1) -> None:
    """Wait for an asynchronous condition; raise TimeoutError after `seconds`."""
    until = time.monotonic() + seconds
    while not await done():
        if time.monotonic() > until:
            raise TimeoutError(f"not done within {seconds} s")
        await asyncio.sleep(every)


async def _run_in_lanes(work: Iterable[tuple[int, Awaitable[object]]]) -> None:
    """Run the work of many lanes at once, in order within each lane."""
    lanes: dict[int, list[Awaitable[object]]] = {}
    for lane, each in work:
        lanes.setdefault(lane, []).append(each)
    room = asyncio.Semaphore(_AT_ONCE)

    async def run(lane: list[Awaitable[object]]) -> None:
        async with room:
            for step in lane:
                await step

    async with asyncio.TaskGroup() as group:
        for steps in lanes.values():
            group.create_task(run(steps))
