"""The saboteur: does the harm that the plan gives it, and writes down what it did."""

import asyncio
import contextlib
import time
from typing import Any

from sandbox.telegram.client import SandboxRefusalError
from scripts.chaos.ledger import Json
from scripts.chaos.plan import Deed, Harm, Line, Saying
from scripts.chaos.players import say, topic_of
from scripts.chaos.stage import GROUP, Stage

_METHODS = ("*", "*", "sendMessage", "sendMessage", "copyMessage", "editMessageText")
_HTML = "<html><body><h1>502 Bad Gateway</h1></body></html>"
_MOST_CALLS = 4
_LONGEST_LATE = 3.0
_LONGEST_FLOOD = 3
_STRIKES_WITHIN = 2.0
_MOSTLY, _OFTEN = 0.7, 0.5


async def sabotage(stage: Stage, began: float) -> None:
    """Do every deed; those that take long overlap with those that follow."""
    async with asyncio.TaskGroup() as group:
        for deed in stage.plan.deeds:
            await asyncio.sleep(max(0.0, began + deed.at - time.monotonic()))
            group.create_task(_do(stage, deed))


async def _do(stage: Stage, deed: Deed) -> None:
    stage.deeds.append((time.time(), deed.harm))
    match deed.harm:
        case Harm.KILL:
            stage.keeper.kill()
        case Harm.KILL_WHILE_SENDING:
            await _kill_while_sending(stage, deed)
        case Harm.TOPIC:
            await _delete_topic(stage, deed)
        case Harm.DATABASE:
            await _take_database_away(stage, deed)
        case Harm.POLL:
            await stage.telegram.fail("getUpdates", **_poll_fault(deed))
        case _:
            await _spoil_calls(stage, deed)


async def _kill_while_sending(stage: Stage, deed: Deed) -> None:
    """Let an answer be sent but not answered, and kill the desk while it waits."""
    kind = "late" if deed.size < _MOSTLY else "hang"
    number = await _provoke(stage, deed, kind=kind, seconds=_LONGEST_LATE)
    until = time.monotonic() + _STRIKES_WITHIN
    while any(fault["id"] == number for fault in await stage.telegram.faults()):
        if time.monotonic() > until:  # a call that hung later would hang for half a minute
            await stage.telegram.clear_faults()
            break
        await asyncio.sleep(0.005)
    stage.keeper.kill()


async def _provoke(stage: Stage, deed: Deed, **fault: Any) -> int | None:
    """Order a fault for one customer's next answer, and have an agent write it."""
    everybody = range(len(stage.customers))
    start = int(deed.luck * len(everybody))
    for conversation in (*everybody[start:], *everybody[:start]):
        if await topic_of(stage, conversation) is None:
            continue
        customer = stage.customers[conversation]["id"]
        line = Line(deed.at, conversation, by_agent=True, saying=Saying.TEXT, luck=deed.size)
        number = await stage.telegram.fail("sendMessage", chat_id=customer, **fault)
        if await say(stage, line):
            return number
    return None


async def _delete_topic(stage: Stage, deed: Deed) -> None:
    found = await stage.telegram.topics(GROUP)
    there = [each for each in found if not each["deleted"] and each["name"] != "General"]
    if not there:
        return
    thread = there[int(deed.luck * len(there))]["message_thread_id"]
    with contextlib.suppress(SandboxRefusalError):  # somebody else was faster
        await stage.telegram.delete_topic(GROUP, thread)


async def _take_database_away(stage: Stage, deed: Deed) -> None:
    await stage.engine.take_away(stage.url, deed.size)


async def _spoil_calls(stage: Stage, deed: Deed) -> None:
    method = _METHODS[int(deed.luck * len(_METHODS))]
    times = 1 + int(deed.size * _MOST_CALLS)
    match deed.harm:
        case Harm.DROP_BEFORE | Harm.DROP_AFTER:
            kind = "drop_before" if deed.harm is Harm.DROP_BEFORE else "drop_after"
            if deed.size < _OFTEN:
                await _provoke(stage, deed, kind=kind)
            else:
                await stage.telegram.fail(method, times=times, kind=kind)
        case Harm.LATE:
            seconds = deed.size * _LONGEST_LATE
            await stage.telegram.fail(method, times=times, kind="late", seconds=seconds)
        case Harm.FLOOD:
            after = 1 + int(deed.size * _LONGEST_FLOOD)
            await stage.telegram.fail(method, times=times, code=429, retry_after=after)
        case Harm.GATEWAY_HTML:
            await stage.telegram.fail(method, times=times, code=502, body=_HTML)
        case Harm.GATEWAY_JSON:
            await stage.telegram.fail(method, times=times, code=502, description="Bad Gateway")
        case _:
            await stage.telegram.fail(method, times=times, code=500)


def _poll_fault(deed: Deed) -> Json:
    kinds: tuple[Json, ...] = (
        {"kind": "drop_before"},
        {"kind": "drop_after"},
        {"kind": "late", "seconds": deed.size},
        {"code": 429, "retry_after": 1},
        {"code": 502, "body": _HTML},
        {"code": 500},
    )
    return kinds[int(deed.luck * len(kinds))]
