"""Injects the faults of the plan, and records what it did."""

import asyncio
import contextlib
import time
from typing import Any

from scripts.chaos.absent_agents import interrupt_agent
from scripts.chaos.assistant_faults import inject_assistant_fault
from scripts.chaos.conversation_driver import find_topic, perform_action
from scripts.chaos.customers import REFUSAL_ERRORS
from scripts.chaos.message_log import Json
from scripts.chaos.plan import ASSISTANT_FAULTS, ActionKind, FaultKind, Injection, PlannedAction
from scripts.chaos.silent_sessions import let_session_fall_silent
from scripts.chaos.stage import Stage
from scripts.chaos.whatsapp_faults import fail_whatsapp_calls, inject_whatsapp_fault

_METHODS = (
    *("*", "*", "sendMessage", "sendMessage", "copyMessage", "editMessageText"),
    *("sendPhoto", "getFile"),
)
# The share of faulty calls that are Telegram's.
_AT_TELEGRAM = 0.5
_HTML = "<html><body><h1>502 Bad Gateway</h1></body></html>"
_MOST_CALLS = 4
_LONGEST_LATE = 3.0
_LONGEST_FLOOD = 3
# Longer than a lease, and rarely longer than calls wait for their response.
_SHORTEST_FREEZE, _LONGEST_FREEZE = 5.0, 40.0
_STRIKES_WITHIN = 2.0
_MOSTLY, _OFTEN = 0.7, 0.5


async def inject_faults(stage: Stage, began: float) -> None:
    """Inject every fault at its time; long ones overlap with the next."""
    async with asyncio.TaskGroup() as group:
        for injection in stage.plan.injections:
            await asyncio.sleep(max(0.0, began + injection.at - time.monotonic()))
            group.create_task(_inject(stage, injection))


async def clear_all_faults(stage: Stage) -> None:
    """Remove every fault that is still set."""
    await stage.telegram.clear_faults()
    await stage.graph.clear_faults()
    await stage.waha.clear_faults()
    await stage.model.clear_faults()
    await stage.graph.release()
    await stage.graph.settings(early=False)


async def _inject(stage: Stage, injection: Injection) -> None:  # noqa: C901 a case for each kind
    stage.injections.append((time.time(), injection.kind))
    match injection.kind:
        case FaultKind.KILL:
            stage.desk_process.kill()
        case FaultKind.KILL_WHILE_SENDING:
            await _kill_while_sending(stage, injection)
        case FaultKind.FREEZE:
            more = (_LONGEST_FREEZE - _SHORTEST_FREEZE) * injection.size**3
            await stage.desk_process.freeze(_SHORTEST_FREEZE + more)
        case FaultKind.TOPIC:
            await _delete_topic(stage, injection)
        case FaultKind.LEAVE | FaultKind.BLOCK:
            await interrupt_agent(stage, injection)
        case FaultKind.SILENCE:
            await let_session_fall_silent(stage, injection)
        case FaultKind.DATABASE:
            await _take_database_away(stage, injection)
        case FaultKind.POLL:
            await stage.telegram.fail("getUpdates", **_choose_poll_fault(injection))
        case (
            FaultKind.MIXED | FaultKind.EARLY | FaultKind.FALSE | FaultKind.REFUSED | FaultKind.LINK
        ):
            await inject_whatsapp_fault(stage, injection)
        case kind if kind in ASSISTANT_FAULTS:
            await inject_assistant_fault(stage, injection)
        case _:
            await _fail_calls(stage, injection)


async def _kill_while_sending(stage: Stage, injection: Injection) -> None:
    """Let an answer be sent but not confirmed, and kill the desk while it waits."""
    kind = "late" if injection.size < _MOSTLY else "hang"
    conversation, number = await _fail_next_reply(
        stage, injection, kind=kind, seconds=_LONGEST_LATE
    )
    until = time.monotonic() + _STRIKES_WITHIN
    customer = stage.customers[conversation]
    while await customer.has_pending_fault(number):
        if time.monotonic() > until:  # a later call that hangs would hang for half a minute
            await clear_all_faults(stage)
            break
        await asyncio.sleep(0.005)
    stage.desk_process.kill()


async def _fail_next_reply(stage: Stage, injection: Injection, **fault: Any) -> tuple[int, int]:
    """Set a fault for one customer's next answer, and let an agent write that answer.

    Returns the conversation and the fault's number, which is 0 if no conversation has a topic.
    """
    everybody = range(len(stage.customers))
    start = int(injection.luck * len(everybody))
    for conversation in (*everybody[start:], *everybody[:start]):
        if await find_topic(stage, conversation) is None:
            continue
        action = PlannedAction(
            injection.at, conversation, by_agent=True, kind=ActionKind.TEXT, luck=injection.size
        )
        number = await stage.customers[conversation].add_fault(**fault)
        if await perform_action(stage, action):
            return conversation, number
    return start, 0


async def _delete_topic(stage: Stage, injection: Injection) -> None:
    there = await stage.staff.list_topics()
    if not there:
        return
    chat, topic = there[int(injection.luck * len(there))]
    with contextlib.suppress(*REFUSAL_ERRORS):  # it is already deleted
        thread = topic["message_thread_id"]
        await stage.telegram.delete_topic(chat, thread, bot=stage.staff.bot)


async def _take_database_away(stage: Stage, injection: Injection) -> None:
    await stage.engine.interrupt(stage.url, injection.size)


async def _fail_calls(stage: Stage, injection: Injection) -> None:
    at_telegram = injection.luck < _AT_TELEGRAM
    method = _METHODS[int(injection.luck / _AT_TELEGRAM * len(_METHODS)) % len(_METHODS)]
    times = 1 + int(injection.size * _MOST_CALLS)
    match injection.kind:
        case FaultKind.DROP_BEFORE | FaultKind.DROP_AFTER:
            kind = "drop_before" if injection.kind is FaultKind.DROP_BEFORE else "drop_after"
            if injection.size < _OFTEN:
                await _fail_next_reply(stage, injection, kind=kind)
            elif not at_telegram:
                await fail_whatsapp_calls(stage, injection, times)
            else:
                await stage.telegram.fail(method, times=times, kind=kind)
        case _ if not at_telegram:
            await fail_whatsapp_calls(stage, injection, times)
        case FaultKind.LATE:
            seconds = injection.size * _LONGEST_LATE
            await stage.telegram.fail(method, times=times, kind="late", seconds=seconds)
        case FaultKind.FLOOD:
            after = 1 + int(injection.size * _LONGEST_FLOOD)
            await stage.telegram.fail(method, times=times, code=429, retry_after=after)
        case FaultKind.GATEWAY_HTML:
            await stage.telegram.fail(method, times=times, code=502, body=_HTML)
        case FaultKind.GATEWAY_JSON:
            await stage.telegram.fail(method, times=times, code=502, description="Bad Gateway")
        case _:
            await stage.telegram.fail(method, times=times, code=500)


def _choose_poll_fault(injection: Injection) -> Json:
    kinds: tuple[Json, ...] = (
        {"kind": "drop_before"},
        {"kind": "drop_after"},
        {"kind": "late", "seconds": injection.size},
        {"code": 429, "retry_after": 1},
        {"code": 502, "body": _HTML},
        {"code": 500},
    )
    return kinds[int(injection.luck * len(kinds))]
