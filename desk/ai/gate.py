"""The door to AI agents: nothing behind it is imported before a channel uses them."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from db.ids import AiTurnId
from db.queries.conversations.threads import Thread
from db.tables import AiMode, AiTakeover
from desk.actors import Actor
from desk.events import Event
from desk.jobs.ports import RunningJob
from desk.jobs.retry_policy import RetryPolicy
from desk.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from desk.ai.turns.job import TurnRunner

# ruff: noqa: PLC0415 this module is there to import the others late

# The deadline of a turn ends it for the customer; its job need not be tried for long.
_RETRY_POLICY = RetryPolicy(max_attempts=5, first_delay=0.2, longest_delay=2.0)


class AiTurns:
    """The projection that opens, extends and drops turns."""

    name = "ai-turns"

    async def project(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        if all(each.ai_takeover is AiTakeover.OFF for each in uow.channels):
            return
        from desk.ai.turns.following import follow_events

        await follow_events(uow, events)


async def handle_start_timer(uow: UnitOfWork, thread: Thread) -> None:
    """Begin the open turn of a conversation."""
    from desk.ai.turns import timers

    await timers.handle_start_timer(uow, thread)


async def handle_deadline_timer(uow: UnitOfWork, thread: Thread) -> None:
    """End the open turn of a conversation that took too long."""
    from desk.ai.turns import timers

    await timers.handle_deadline_timer(uow, thread)


class TurnHandler:
    """Handles the jobs of turns; what thinks is built for the first of them."""

    retry_policy = _RETRY_POLICY

    def __init__(self, build_runner: Callable[[], "TurnRunner"]) -> None:
        self._build_runner = build_runner
        self._runner: TurnRunner | None = None

    def parse(self, payload: Mapping[str, Any]) -> AiTurnId:
        return AiTurnId(payload["turn"])

    async def run(self, job: RunningJob, payload: AiTurnId) -> None:
        """Think about a turn, and finish it."""
        if self._runner is None:
            self._runner = self._build_runner()
        await self._runner.run(job, payload)


async def press_button(
    uow: UnitOfWork, thread: Thread, actor: Actor, data: str, at: tuple[str, str]
) -> tuple[str, bool]:
    """Run a button about AI agents; return what is shown, and whether it must be closed."""
    from desk.ai.turns import steering

    return await steering.press_button(uow, thread, actor, data, at)


async def set_mode(uow: UnitOfWork, thread: Thread, actor: Actor, mode: AiMode) -> str:
    """Choose what AI agents do in the open session; return words for the topic."""
    from desk.ai.turns import steering

    return await steering.set_mode(uow, thread, actor, mode)
