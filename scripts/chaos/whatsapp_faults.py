"""Faults that only WhatsApp's webhooks and errors can have."""

import asyncio
import contextlib
from typing import Any

from scripts.chaos.customers import REFUSAL_ERRORS
from scripts.chaos.plan import FaultKind, Injection
from scripts.chaos.stage import Stage
from scripts.chaos.whatsapp_customers import CloudCustomer, WahaCustomer
from scripts.chaos.whatsapp_numbers import SESSION

_LONGEST_LATE = 3.0
_LONGEST_HOLD = 1.5
_AT_GRAPH = 0.75
_CALLS = ("messages", "messages", "*")
_OPERATIONS = ("sendText", "sendText", "*")
_MOST_IN_A_BODY = 6
_GROUPINGS = ("items", "changes", "entries")
_ORDERS = ("shuffled", "reversed", "as_is")
_FLOODS = (130429, 131056, 80007)
# Pairs of statuses that contradict what was already reported.
_FALSE_STATUSES = (("failed",), ("failed", "delivered"), ("read", "sent"), ("delivered", "failed"))
_FINAL, _TEMPLATE_NEEDED = 131026, 131047


async def fail_whatsapp_calls(stage: Stage, injection: Injection, times: int) -> None:
    """Make the next calls to Meta or WAHA fail in the way of the injected fault."""
    number = int(injection.size * 1000)
    if injection.luck < _AT_GRAPH:
        fault = _choose_graph_fault(injection, number)
        await stage.graph.fail(_CALLS[number % len(_CALLS)], times=times, **fault)
    else:
        fault = _choose_waha_fault(injection, number)
        await stage.waha.fail(_OPERATIONS[number % len(_OPERATIONS)], times=times, **fault)


def _choose_graph_fault(injection: Injection, number: int) -> dict[str, Any]:
    match injection.kind:
        case FaultKind.DROP_BEFORE:
            return {"kind": "drop_before"}
        case FaultKind.DROP_AFTER:
            return {"kind": "drop_after"}
        case FaultKind.LATE:
            return {"kind": "late", "seconds": injection.size * _LONGEST_LATE}
        case FaultKind.FLOOD:
            return {"code": _FLOODS[number % len(_FLOODS)]}
        case FaultKind.GATEWAY_HTML:
            return {"kind": "html", "status": 200 if number % 2 else 502}
        case FaultKind.GATEWAY_JSON:
            return {"code": 131016, "status": 503}
    return {"code": 131000, "status": 500}


def _choose_waha_fault(injection: Injection, number: int) -> dict[str, Any]:
    match injection.kind:
        case FaultKind.DROP_BEFORE:
            return {"kind": "drop_before"}
        case FaultKind.DROP_AFTER:
            return {"kind": "drop_after"}
        case FaultKind.LATE:
            return {"kind": "late", "seconds": injection.size * _LONGEST_LATE}
        case FaultKind.FLOOD:
            return {"code": 429}
        case FaultKind.GATEWAY_HTML:
            return {"kind": "html_after" if number % 2 else "html"}
        case FaultKind.GATEWAY_JSON:
            return {"code": 503}
    return {"code": 500}


async def inject_whatsapp_fault(stage: Stage, injection: Injection) -> None:
    """Inject a fault that only WhatsApp has."""
    match injection.kind:
        case FaultKind.MIXED:
            await _mix_webhooks(stage, injection)
        case FaultKind.EARLY:
            await _send_statuses_early(stage, injection)
        case FaultKind.FALSE:
            await _send_false_statuses(stage, injection)
        case FaultKind.REFUSED:
            await _refuse_later(stage, injection)
        case FaultKind.LINK:
            await _fail_link(stage)


async def _mix_webhooks(stage: Stage, injection: Injection) -> None:
    """Hold Meta's webhooks for a while, then deliver them in another order and grouping."""
    await stage.graph.hold()
    await asyncio.sleep(injection.size * _LONGEST_HOLD)
    number = int(injection.luck * 1000)
    await stage.graph.release(
        order=_ORDERS[number % len(_ORDERS)],
        seed=number,
        grouping=_GROUPINGS[number % len(_GROUPINGS)],
        per_body=number % _MOST_IN_A_BODY,
    )


async def _send_statuses_early(stage: Stage, injection: Injection) -> None:
    """Make statuses arrive before the send's own answer for a while."""
    await stage.graph.settings(early=True)
    await asyncio.sleep(injection.size * _LONGEST_HOLD)
    await stage.graph.settings(early=False)


async def _send_false_statuses(stage: Stage, injection: Injection) -> None:
    """Report statuses of an answer that go backwards or are false."""
    customers = [each for each in stage.customers if isinstance(each, CloudCustomer | WahaCustomer)]
    start, statuses = (
        int(injection.luck * len(customers)),
        _FALSE_STATUSES[int(injection.size * len(_FALSE_STATUSES))],
    )
    for customer in (*customers[start:], *customers[:start]):
        answers = [each for each in await customer.chat() if each.by_desk and each.token]
        if answers:
            with contextlib.suppress(*REFUSAL_ERRORS):
                await customer.report_statuses(answers[-1].id, statuses)
            return


async def _refuse_later(stage: Stage, injection: Injection) -> None:
    """Make Meta accept the next answer and later report that it failed."""
    code = _FINAL if injection.size < 0.5 else _TEMPLATE_NEEDED  # noqa: PLR2004 as often as not
    await stage.graph.fail("messages", kind="failed", code=code)


async def _fail_link(stage: Stage) -> None:
    """Make the linked number's session fail."""
    await stage.waha.force_status(SESSION, "FAILED")
