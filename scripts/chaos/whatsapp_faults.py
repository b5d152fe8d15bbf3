"""Harm that only WhatsApp's ways of telling and refusing can do."""

import asyncio
import contextlib
from typing import Any

from scripts.chaos.customers import REFUSALS
from scripts.chaos.plan import Deed, Harm
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
# What no more may be believed once more was told.
_LIES = (("failed",), ("failed", "delivered"), ("read", "sent"), ("delivered", "failed"))
_FINAL, _TEMPLATE_NEEDED = 131026, 131047


async def spoil_whatsapp(stage: Stage, deed: Deed, times: int) -> None:
    """Spoil the next calls to Meta or to WAHA, as the deed says."""
    number = int(deed.size * 1000)
    if deed.luck < _AT_GRAPH:
        fault = _at_graph(deed, number)
        await stage.graph.fail(_CALLS[number % len(_CALLS)], times=times, **fault)
    else:
        fault = _at_waha(deed, number)
        await stage.waha.fail(_OPERATIONS[number % len(_OPERATIONS)], times=times, **fault)


def _at_graph(deed: Deed, number: int) -> dict[str, Any]:
    match deed.harm:
        case Harm.DROP_BEFORE:
            return {"kind": "drop_before"}
        case Harm.DROP_AFTER:
            return {"kind": "drop_after"}
        case Harm.LATE:
            return {"kind": "late", "seconds": deed.size * _LONGEST_LATE}
        case Harm.FLOOD:
            return {"code": _FLOODS[number % len(_FLOODS)]}
        case Harm.GATEWAY_HTML:
            return {"kind": "html", "status": 200 if number % 2 else 502}
        case Harm.GATEWAY_JSON:
            return {"code": 131016, "status": 503}
    return {"code": 131000, "status": 500}


def _at_waha(deed: Deed, number: int) -> dict[str, Any]:
    match deed.harm:
        case Harm.DROP_BEFORE:
            return {"kind": "drop_before"}
        case Harm.DROP_AFTER:
            return {"kind": "drop_after"}
        case Harm.LATE:
            return {"kind": "late", "seconds": deed.size * _LONGEST_LATE}
        case Harm.FLOOD:
            return {"code": 429}
        case Harm.GATEWAY_HTML:
            return {"kind": "html_after" if number % 2 else "html"}
        case Harm.GATEWAY_JSON:
            return {"code": 503}
    return {"code": 500}


async def do_mischief(stage: Stage, deed: Deed) -> None:
    """Do what only WhatsApp does."""
    match deed.harm:
        case Harm.MIXED:
            await _mix_webhooks(stage, deed)
        case Harm.EARLY:
            await _tell_early(stage, deed)
        case Harm.FALSE:
            await _tell_falsely(stage, deed)
        case Harm.REFUSED:
            await _refuse_later(stage, deed)
        case Harm.LINK:
            await _fail_link(stage)


async def _mix_webhooks(stage: Stage, deed: Deed) -> None:
    """Keep Meta's webhooks back for a while, then tell all of it in another order and grouping."""
    await stage.graph.hold()
    await asyncio.sleep(deed.size * _LONGEST_HOLD)
    number = int(deed.luck * 1000)
    await stage.graph.release(
        order=_ORDERS[number % len(_ORDERS)],
        seed=number,
        grouping=_GROUPINGS[number % len(_GROUPINGS)],
        per_body=number % _MOST_IN_A_BODY,
    )


async def _tell_early(stage: Stage, deed: Deed) -> None:
    """Have statuses come before the send's own answer for a while."""
    await stage.graph.settings(early=True)
    await asyncio.sleep(deed.size * _LONGEST_HOLD)
    await stage.graph.settings(early=False)


async def _tell_falsely(stage: Stage, deed: Deed) -> None:
    """Tell of an answer what leads down, or is not so."""
    customers = [each for each in stage.customers if isinstance(each, CloudCustomer | WahaCustomer)]
    start, lie = int(deed.luck * len(customers)), _LIES[int(deed.size * len(_LIES))]
    for customer in (*customers[start:], *customers[:start]):
        answers = [each for each in await customer.chat() if each.by_desk and each.token]
        if answers:
            with contextlib.suppress(*REFUSALS):
                await customer.tells(answers[-1].id, lie)
            return


async def _refuse_later(stage: Stage, deed: Deed) -> None:
    """Have Meta take the next answer, and tell afterwards that it did not go out."""
    code = _FINAL if deed.size < 0.5 else _TEMPLATE_NEEDED  # noqa: PLR2004 as often as not
    await stage.graph.fail("messages", kind="failed", code=code)


async def _fail_link(stage: Stage) -> None:
    """Have the linked number's session break down."""
    await stage.waha.force_status(SESSION, "FAILED")
