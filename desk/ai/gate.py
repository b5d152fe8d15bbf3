"""The door to AI agents: nothing behind it is imported before a channel uses them."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from db.ids import AgentId, MessageId, SessionId
from db.queries.conversations.threads import Thread
from db.queries.lists.keyset import PageStart
from db.tables import AiMode, AiTakeover, AiTurn
from desk.actors import Actor, AgentActor
from desk.ai.trials.results import ConfigChanges, ReplayPage, TriedAnswer
from desk.events import Event
from desk.jobs.ports import RunningJob
from desk.jobs.retry_policy import RetryPolicy
from desk.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from desk.ai.trials.asking import Trials
    from desk.ai.turns.job import TurnRunner
    from desk.ai.turns.thinking import Thinker

# ruff: noqa: PLC0415 this module is there to import the others late

# The deadline of a turn ends it for the customer; its job need not be tried for long.
_RETRY_POLICY = RetryPolicy(max_attempts=5, first_delay=0.2, longest_delay=2.0)


class AiTurns:
    """The projection that opens, extends and drops turns."""

    name = "ai-turns"

    async def project(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        is_off = all(each.ai_takeover is AiTakeover.OFF for each in uow.channels)
        if is_off and not any(each.is_held_by_ai for each in uow.threads.values()):
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


async def handle_follow_up_timer(uow: UnitOfWork, thread: Thread) -> None:
    """Follow up on the last answer in a conversation, if nobody has written since."""
    from desk.ai.turns import follow_ups

    await follow_ups.handle_timer(uow, thread)


class TurnHandler:
    """Handles the jobs of turns; what thinks is built for the first of them."""

    retry_policy = _RETRY_POLICY

    def __init__(self, build_runner: Callable[[], "TurnRunner"]) -> None:
        self._build_runner = build_runner
        self._runner: TurnRunner | None = None

    def parse(self, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        return payload

    async def run(self, job: RunningJob, payload: Mapping[str, Any]) -> None:
        """Think about a turn and finish it, write a follow-up, or translate a message."""
        if self._runner is None:
            self._runner = self._build_runner()
        await self._runner.run_job(job, payload)


class AiTrials:
    """Tries AI agents, for the API and the commands; what thinks is built for the first trial."""

    def __init__(self, build_trials: Callable[[], "Trials"]) -> None:
        self._build_trials = build_trials
        self._trials: Trials | None = None

    async def ask(
        self, agent_id: AgentId, question: str, language: str | None, changes: ConfigChanges
    ) -> TriedAnswer:
        """Ask an AI agent a question, as a new customer would; raise UnknownAiAgentError."""
        return await self._load().ask(agent_id, question, language, changes)

    async def replay(
        self, agent_id: AgentId, changes: ConfigChanges, *, start: PageStart | None, limit: int
    ) -> ReplayPage:
        """Ask the questions of past sessions again, newest first; raise UnknownAiAgentError."""
        return await self._load().replay(agent_id, changes, start=start, limit=limit)

    def _load(self) -> "Trials":
        if self._trials is None:
            self._trials = self._build_trials()
        return self._trials


class AiTranslator:
    """Translates for staff; the model is built for the first translation."""

    def __init__(self, get_thinker: Callable[[], "Thinker"]) -> None:
        self._get_thinker = get_thinker

    async def translate(self, text: str, language: str, session_id: SessionId) -> str | None:
        """Return a translation; empty: the model gave none in time; None: there is no model."""
        model = self._get_thinker().model
        return None if model is None else await model.translate(text, language, session_id)


async def release_sessions(uow: UnitOfWork, agent_id: AgentId) -> None:
    """Give the sessions of an AI agent to humans or the queue; customers who wait are told."""
    from desk.ai.turns import releasing

    await releasing.release_sessions(uow, agent_id)


async def drop_suggestions_of(uow: UnitOfWork, agent_id: AgentId) -> None:
    """Drop what an AI agent that is deleted suggested, or was about to suggest, everywhere."""
    from desk.ai.turns import suggestions

    await suggestions.drop_suggestions_of(uow, agent_id)


async def press_button(
    uow: UnitOfWork, thread: Thread, actor: Actor, data: str, at: tuple[str, str]
) -> tuple[str, bool]:
    """Run a button about AI agents; return what is shown, and whether it must be closed."""
    from desk.ai.turns import steering

    return await steering.press_button(uow, thread, actor, data, at)


async def ask_for_translation(
    uow: UnitOfWork, thread: Thread, message_id: MessageId | None
) -> str | None:
    """Have a customer's message translated for staff; return why it cannot be."""
    from desk.ai.turns import translations

    return await translations.ask_for_translation(uow, thread, message_id)


async def mark_wrong(uow: UnitOfWork, message_id: MessageId, actor: Actor) -> bool:
    """Count an AI agent's answer as wrong; return False if the message is no such answer."""
    from desk.ai.turns import steering

    return await steering.mark_wrong(uow, message_id, actor)


async def send_suggestion(
    uow: UnitOfWork,
    thread: Thread,
    actor: AgentActor,
    turn: AiTurn,
    *,
    text: str | None,
    entities: list[dict[str, Any]] | None,
    client_key: str | None,
) -> MessageId:
    """Send a suggestion in an agent's name, or `text` instead; raise SuggestionGoneError."""
    from desk.ai.turns import suggestions

    return await suggestions.send_suggestion(
        uow, thread, actor, turn, text=text, entities=entities, client_key=client_key
    )


async def drop_suggestion(uow: UnitOfWork, turn: AiTurn, actor: AgentActor) -> None:
    """Drop a suggestion; raise SuggestionGoneError."""
    from desk.ai.turns import suggestions

    await suggestions.drop_suggestion(uow, turn, actor)


async def set_mode(uow: UnitOfWork, thread: Thread, actor: Actor, mode: AiMode) -> tuple[str, bool]:
    """Choose what AI agents do in the open session; return words, and whether it was refused."""
    from desk.ai.turns import steering

    return await steering.set_mode(uow, thread, actor, mode)
