"""In the end agents look what arrived, and settle what was uncertain with the buttons."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.common.control_client import SandboxRequestError
from scripts.chaos.evidence import WAITING, Copy, gather
from scripts.chaos.message_log import Json, Said
from scripts.chaos.stage import GROUP, Stage
from scripts.chaos.verdict import Verdict

_WITHIN = 30.0
_WITHIN_LIMITS = 90.0


@dataclass(frozen=True, slots=True)
class _Doubt:
    """An uncertain answer, the notice that shows it, and whether it had arrived."""

    said: Said
    row_id: int
    notice: int
    arrived: bool


async def settle_doubts(stage: Stage, verdict: Verdict) -> int:
    """Press the right button below each notice; returns how many were settled.

    Afterwards each answer must stand with the customer exactly once, which the verdict is told.
    """
    pressed = [doubt for doubt in await _doubts(stage) if await _press(stage, doubt)]
    if not pressed:
        return 0
    await _rest(stage)
    copies = (await gather(stage)).copies
    states = await _states(stage, pressed)
    for doubt in pressed:
        fault = _fault(doubt, copies, states)
        if fault:
            verdict.faults.append(f"settled by {_button(doubt)}, yet {fault}: {doubt.said.token}")
    return len(pressed)


async def _doubts(stage: Stage) -> list[_Doubt]:
    evidence = await gather(stage)
    notices = _notices(await stage.telegram.messages(GROUP))
    return [
        _Doubt(
            stage.ledger.said[row["token"]],
            row["id"],
            notices[row["id"]],
            bool(evidence.copies.get(row["token"])),
        )
        for row in evidence.uncertain
        if row["id"] in notices and row["token"] in stage.ledger.said
    ]


def _notices(messages: list[Json]) -> dict[int, int]:
    """Find the notices that still stand: outbox row → message."""
    found: dict[int, int] = {}
    for message in messages:
        for row in message.get("reply_markup", {}).get("inline_keyboard", []):
            for button in row:
                verb, _, argument = button.get("callback_data", "").partition(":")
                if verb == "again":
                    found[int(argument)] = message["message_id"]
    return found


async def _press(stage: Stage, doubt: _Doubt) -> bool:
    try:
        await stage.telegram.press(stage.agents[0], GROUP, doubt.notice, _button(doubt))
    except SandboxRequestError:
        return False
    return True


def _button(doubt: _Doubt) -> str:
    return f"{'arrived' if doubt.arrived else 'again'}:{doubt.row_id}"


async def _rest(stage: Stage) -> None:
    until = time.monotonic() + (_WITHIN_LIMITS if stage.plan.scale.limits else _WITHIN)
    await asyncio.sleep(1)
    while await stage.rows(WAITING) and time.monotonic() < until:  # noqa: ASYNC110 it is a database that is asked
        await asyncio.sleep(0.25)


async def _states(stage: Stage, doubts: list[_Doubt]) -> dict[int, str]:
    ids = ", ".join(str(doubt.row_id) for doubt in doubts)
    rows = await stage.rows(
        f"SELECT id, state FROM outbox WHERE id IN ({ids})"  # noqa: S608 numbers of our own
    )
    return {row["id"]: row["state"] for row in rows}


def _fault(
    doubt: _Doubt, copies: Mapping[str, list[Copy]], states: Mapping[int, str]
) -> str | None:
    found = copies.get(doubt.said.token, [])
    if states[doubt.row_id] == "uncertain":
        return "still uncertain"
    if len(found) != 1:
        return f"there {len(found)} times"
    if not doubt.arrived and found[0].text != doubt.said.text:
        return f"it says {found[0].text!r}, not {doubt.said.text!r}"
    return None
