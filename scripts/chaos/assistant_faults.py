"""Faults of the language model, and crashes around its answers."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from scripts.chaos.plan import FaultKind, Injection
from scripts.chaos.stage import Stage

_LONGEST_LATE = 6.0
_HANG = 60.0
# How long a crash waits for a call of the model.
_STRIKES_WITHIN = 5.0
_LOOK_EVERY = 0.005
_FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "error", "status": 500},
    {"kind": "error", "status": 503},
    {"kind": "error", "status": 429, "retry_after": 1},
    {"kind": "error", "status": 400},
    {"kind": "late", "seconds": _LONGEST_LATE},
    {"kind": "hang", "seconds": _HANG},
    {"kind": "drop_before"},
    {"kind": "drop_after"},
    {"kind": "cut"},
    {"kind": "html"},
    {"kind": "broken_json"},
    {"kind": "nonsense"},
    {"kind": "empty"},
    {"kind": "refusal"},
    {"kind": "content_filter"},
    {"kind": "length"},
)


async def inject_assistant_fault(stage: Stage, injection: Injection) -> None:
    """Inject a fault that only AI agents can have."""
    match injection.kind:
        case FaultKind.MODEL:
            fault = _FAULTS[int(injection.luck * len(_FAULTS))]
            await stage.model.fault(**fault, times=1 + int(injection.size * 2))
        case FaultKind.KILL_WHILE_THINKING:
            await stage.model.fault("late", seconds=1 + injection.size * _LONGEST_LATE)
            await _kill_when(stage, partial(_is_thinking, stage))
        case FaultKind.KILL_AFTER_THINKING:
            known = await stage.model.calls()
            last = known[-1]["seq"] if known else 0
            await _kill_when(stage, partial(_has_answered, stage, last))


async def _is_thinking(stage: Stage) -> bool:
    return bool((await stage.model.state())["open_calls"])


async def _has_answered(stage: Stage, last: int) -> bool:
    return bool(await stage.model.calls(after=last))


async def _kill_when(stage: Stage, is_time: Callable[[], Awaitable[bool]]) -> None:
    """Kill the desk when it is time, or after a while."""
    until = time.monotonic() + _STRIKES_WITHIN
    while not await is_time() and time.monotonic() < until:  # noqa: ASYNC110 it is a server
        await asyncio.sleep(_LOOK_EVERY)
    stage.desk_process.kill()
