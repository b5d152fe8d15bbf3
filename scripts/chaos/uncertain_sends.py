"""Resolves uncertain sends with the agents' buttons, after everything else has finished."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.common.control_client import SandboxRequestError
from scripts.chaos.evidence import WAITING, Copy, gather_evidence, leave_out_former_topics
from scripts.chaos.message_log import Json, SentMessage
from scripts.chaos.stage import Stage
from scripts.chaos.verdict import Verdict

_WITHIN = 30.0
_WITHIN_LIMITS = 90.0


@dataclass(frozen=True, slots=True)
class _UncertainSend:
    """An uncertain answer, the notice that shows it, and whether it had arrived."""

    message: SentMessage
    row_id: int
    notice: Json
    has_arrived: bool


async def resolve_uncertain_sends(stage: Stage, verdict: Verdict) -> int:
    """Press the right button below each notice, and return how many were resolved.

    Afterwards the customer must have each answer exactly once; otherwise a violation is added.
    """
    pressed = [send for send in await _list_uncertain_sends(stage) if await _press(stage, send)]
    if not pressed:
        return 0
    await _wait_until_idle(stage)
    copies = (await gather_evidence(stage)).copies
    states = await _load_states(stage, pressed)
    for send in pressed:
        violation = _find_violation(send, copies, states)
        if violation:
            verdict.violations.append(
                f"settled by {_choose_button(send)}, yet {violation}: {send.message.token}"
            )
    return len(pressed)


async def _list_uncertain_sends(stage: Stage) -> list[_UncertainSend]:
    evidence = await gather_evidence(stage)
    written = {each["message_id"]: each for each in await stage.staff.read()}
    notices = _find_notices(await leave_out_former_topics(stage, written))
    return [
        _UncertainSend(
            stage.message_log.messages[row["token"]],
            row["id"],
            notices[row["id"]],
            bool(evidence.copies.get(row["token"])),
        )
        for row in evidence.uncertain
        if row["id"] in notices and row["token"] in stage.message_log.messages
    ]


def _find_notices(messages: Mapping[int, Json]) -> dict[int, Json]:
    """Find the newest notices that still have buttons: outbox row → message."""
    found: dict[int, Json] = {}
    for _, message in sorted(messages.items()):
        for row in message.get("reply_markup", {}).get("inline_keyboard", []):
            for button in row:
                verb, _, argument = button.get("callback_data", "").partition(":")
                if verb == "again":
                    found[int(argument)] = message
    return found


async def _press(stage: Stage, send: _UncertainSend) -> bool:
    try:
        # As the group, if it stands there: an agent may not decide about the answers of others.
        button, chat = _choose_button(send), send.notice["chat"]["id"]
        who = stage.staff.choose_writer(chat, stage.agents, 0.0)
        is_group, at = not stage.staff.is_personal, send.notice["message_id"]
        where = stage.staff.name_bot()
        await stage.telegram.press(who, chat, at, button, anonymous=is_group, **where)
    except SandboxRequestError:
        return False
    return True


def _choose_button(send: _UncertainSend) -> str:
    return f"{'arrived' if send.has_arrived else 'again'}:{send.row_id}"


async def _wait_until_idle(stage: Stage) -> None:
    until = time.monotonic() + (_WITHIN_LIMITS if stage.plan.scale.limits else _WITHIN)
    await asyncio.sleep(1)
    while await stage.rows(WAITING) and time.monotonic() < until:  # noqa: ASYNC110 it is a database that is asked
        await asyncio.sleep(0.25)


async def _load_states(stage: Stage, sends: list[_UncertainSend]) -> dict[int, str]:
    ids = ", ".join(str(send.row_id) for send in sends)
    rows = await stage.rows(
        f"SELECT id, state FROM outbox WHERE id IN ({ids})"  # noqa: S608 numbers of our own
    )
    return {row["id"]: row["state"] for row in rows}


def _find_violation(
    send: _UncertainSend, copies: Mapping[str, list[Copy]], states: Mapping[int, str]
) -> str | None:
    found = copies.get(send.message.token, [])
    if states[send.row_id] == "uncertain":
        return "it is still uncertain"
    if len(found) != 1:
        return f"the customer has it {len(found)} times"
    if not send.has_arrived and found[0].text != send.message.text:
        return f"it says {found[0].text!r}, not {send.message.text!r}"
    return None
