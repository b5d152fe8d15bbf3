"""The saboteur: does the harm that the plan gives it, and writes down what it did."""

import asyncio
import contextlib
import time
from typing import Any

from scripts.chaos.conversation_driver import say, topic_of
from scripts.chaos.customers import REFUSALS
from scripts.chaos.message_log import Json
from scripts.chaos.plan import Deed, Harm, Line, Saying
from scripts.chaos.stage import GROUP, Stage
from scripts.chaos.whatsapp_faults import do_mischief, spoil_whatsapp

_METHODS = (
    *("*", "*", "sendMessage", "sendMessage", "copyMessage", "editMessageText"),
    *("sendPhoto", "getFile"),
)
# Of the harm to calls so much is done at Telegram.
_AT_TELEGRAM = 0.5
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


async def forgive(stage: Stage) -> None:
    """Have nothing go wrong any more."""
    await stage.telegram.clear_faults()
    await stage.graph.clear_faults()
    await stage.waha.clear_faults()
    await stage.graph.release()
    await stage.graph.settings(early=False)


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
        case Harm.MIXED | Harm.EARLY | Harm.FALSE | Harm.REFUSED | Harm.LINK:
            await do_mischief(stage, deed)
        case _:
            await _spoil_calls(stage, deed)


async def _kill_while_sending(stage: Stage, deed: Deed) -> None:
    """Let an answer be sent but not answered, and kill the desk while it waits."""
    kind = "late" if deed.size < _MOSTLY else "hang"
    conversation, number = await _provoke(stage, deed, kind=kind, seconds=_LONGEST_LATE)
    until = time.monotonic() + _STRIKES_WITHIN
    customer = stage.customers[conversation]
    while await customer.waits(number):
        if time.monotonic() > until:  # a call that hung later would hang for half a minute
            await forgive(stage)
            break
        await asyncio.sleep(0.005)
    stage.keeper.kill()


async def _provoke(stage: Stage, deed: Deed, **fault: Any) -> tuple[int, int]:
    """Order a fault for one customer's next answer, and have an agent write it.

    Returns the conversation and the fault's number; 0: nobody was there to be written to.
    """
    everybody = range(len(stage.customers))
    start = int(deed.luck * len(everybody))
    for conversation in (*everybody[start:], *everybody[:start]):
        if await topic_of(stage, conversation) is None:
            continue
        line = Line(deed.at, conversation, by_agent=True, saying=Saying.TEXT, luck=deed.size)
        number = await stage.customers[conversation].spoil(**fault)
        if await say(stage, line):
            return conversation, number
    return start, 0


async def _delete_topic(stage: Stage, deed: Deed) -> None:
    found = await stage.telegram.topics(GROUP)
    there = [each for each in found if not each["deleted"] and each["name"] != "General"]
    if not there:
        return
    thread = there[int(deed.luck * len(there))]["message_thread_id"]
    with contextlib.suppress(*REFUSALS):  # somebody else was faster
        await stage.telegram.delete_topic(GROUP, thread)


async def _take_database_away(stage: Stage, deed: Deed) -> None:
    await stage.engine.take_away(stage.url, deed.size)


async def _spoil_calls(stage: Stage, deed: Deed) -> None:
    at_telegram = deed.luck < _AT_TELEGRAM
    method = _METHODS[int(deed.luck / _AT_TELEGRAM * len(_METHODS)) % len(_METHODS)]
    times = 1 + int(deed.size * _MOST_CALLS)
    match deed.harm:
        case Harm.DROP_BEFORE | Harm.DROP_AFTER:
            kind = "drop_before" if deed.harm is Harm.DROP_BEFORE else "drop_after"
            if deed.size < _OFTEN:
                await _provoke(stage, deed, kind=kind)
            elif not at_telegram:
                await spoil_whatsapp(stage, deed, times)
            else:
                await stage.telegram.fail(method, times=times, kind=kind)
        case _ if not at_telegram:
            await spoil_whatsapp(stage, deed, times)
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
