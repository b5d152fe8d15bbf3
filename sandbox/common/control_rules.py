"""Control functions that are the same for every stand-in: faults, limits, recording, reset."""

import asyncio
from collections.abc import Callable, Collection
from typing import Any, Protocol, TypeVar

from aiohttp import web

from sandbox.common.control_api import ControlRequestError
from sandbox.common.faults import ERROR, Faults
from sandbox.common.json_shapes import Json
from sandbox.common.record_log import RecordLog


class ControlledWorld(Protocol):
    """A stand-in's state, as far as these functions use it."""

    faults: Faults[Any]
    calls: RecordLog

    def reset(self) -> None:
        """Delete all state."""


def order_fault(world: ControlledWorld, body: Json, kinds: Collection[str]) -> Json:
    """Order a fault of one of these kinds and return its id."""
    if body.get("kind", ERROR) not in kinds:
        raise ControlRequestError(f"kind must be one of {', '.join(sorted(kinds))}")
    return {"id": world.faults.order(body).id}


def list_faults(world: ControlledWorld, request: web.Request, body: Json) -> list[Json]:
    """Return the faults that are still to come."""
    del request, body
    return world.faults.list_waiting()


def clear_faults(world: ControlledWorld, request: web.Request, body: Json) -> Json:
    """Remove all faults."""
    del request, body
    world.faults.clear()
    return {"cleared": True}


def record_calls(world: ControlledWorld, request: web.Request, body: Json) -> Json:
    """Switch the recording of calls on or off."""
    del request
    world.calls.recording = bool(body["record"])
    return {"record": world.calls.recording}


async def wait_until_done(
    list_tasks: Callable[[], Collection["asyncio.Future[object]"]], request: web.Request
) -> Json:
    """Wait until no task is left, `seconds` at the most."""
    try:
        async with asyncio.timeout(float(request.query.get("seconds", 5))):
            while waiting := list_tasks():
                await asyncio.wait(waiting)
    except TimeoutError:
        return {"settled": False}
    return {"settled": True}


def reset(world: ControlledWorld, request: web.Request, body: Json) -> Json:
    """Delete all state."""
    del request, body
    world.reset()
    return {"reset": True}


L = TypeVar("L")


def build_limits(limits_type: Callable[..., L], names: Collection[str], body: Json) -> L:
    """Return limits that are on or off, with those of the named numbers that the body has."""
    numbers = {name: body[name] for name in names if name in body}
    for number in numbers.values():
        if isinstance(number, bool) or not isinstance(number, int | float) or number < 0:
            raise ControlRequestError("limits are positive numbers")
    return limits_type(on=bool(body["on"]), **numbers)


def show_limits(limits: Any, names: Collection[str]) -> Json:
    """Return whether limits are on, and their named numbers."""
    return {name: getattr(limits, name) for name in ("on", *names)}
