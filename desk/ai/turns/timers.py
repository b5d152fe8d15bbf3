"""The two timers of a turn: it begins, and it has to be over."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from db.ids import AiTurnId, ConversationId
from db.queries.ai import turns
from db.queries.ai.configs import get_agent_ai_config
from db.queries.conversations.threads import Thread
from db.tables import AiAction, AiMode, AiTurn, AiTurnState, JobKind
from desk.ai.config import to_config
from desk.ai.turns import reasons
from desk.ai.turns.handover import hand_over
from desk.ai.turns.logs import log_without_thought
from desk.ai.turns.material import read_material
from desk.ai.turns.opening import note_thinking, settle_turn
from desk.ai.turns.policy import LetGo, Situation, StaySilent, decide_start
from desk.ai.turns.reasons import Reason
from desk.ai.turns.scene import Scene
from desk.ai.turns.state import build_situation, load_ai_session
from desk.ai.turns.summaries import summarize_messages
from desk.ai.turns.thought import PreparedTurn
from desk.conversations.holders import HandedOver, Taken, change_holder
from desk.conversations.notices import notify_topic
from desk.receiving.timers import Timer, set_timer
from desk.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class ThinkTurn:
    """Think about this turn, and finish it."""

    kind: ClassVar[JobKind] = JobKind.AI_TURN
    turn_id: AiTurnId
    conversation_id: ConversationId

    @property
    def dedup_key(self) -> str:
        return f"{self.kind}:{self.turn_id}"

    def to_json(self) -> dict[str, Any]:
        return {"turn": self.turn_id, "conversation": self.conversation_id}


async def handle_start_timer(uow: UnitOfWork, thread: Thread) -> None:
    """Begin the open turn of a conversation: the AI agent takes the session, and a job thinks."""
    if thread.session_id is None:
        return
    turn = await turns.find_open_turn(uow.tx, thread.session_id)
    if turn is None or turn.state is not AiTurnState.WAITING:
        return
    if uow.now < turn.start_at:
        await set_timer(uow, thread, Timer.AI_START, turn.start_at)
        return
    state = await load_ai_session(uow, thread.session_id)
    row = await get_agent_ai_config(uow.tx, turn.agent_id)
    config = None if row is None else to_config(row)
    if config is None or not await _take_session(Scene(uow, thread, turn, state, config)):
        await _drop(uow, turn)
        return
    await note_thinking(uow, turn, 1)
    what = ThinkTurn(turn.id, turn.conversation_id)
    leased_until = uow.jobs.find_room(what.kind)
    if leased_until is None:
        uow.jobs.enqueue(what)
        return
    material = await read_material(uow, thread, turn, state, config)
    uow.jobs.start(what, leased_until, PreparedTurn(thread, material))


async def _take_session(scene: Scene) -> bool:
    """Make the AI agent the holder, if it answers by itself; return False if it must not now."""
    uow, thread, turn = scene.uow, scene.thread, scene.turn
    state, config = scene.state, scene.config
    situation = build_situation(uow, thread, state, config)
    times = uow.session_times.turns
    match decide_start(situation, uow.now - times.quiet, times):
        case StaySilent():
            return False
        case LetGo():
            await hand_over(uow, thread, config, state, reasons.UNAVAILABLE)
            return False
    if turn.mode is AiMode.SUGGEST or thread.holder_id == config.agent_id:
        return True
    why = _find_takeover_reason(scene, situation).say(uow)
    change = Taken() if thread.holder_id is None else HandedOver(why)
    if not await change_holder(uow, thread, config.actor, change, by=config.actor):
        return False
    notify_topic(uow, thread, "ai.took_over", agent=config.name, reason=why)
    return True


def _find_takeover_reason(scene: Scene, situation: Situation) -> Reason:
    """Return why the AI agent takes a session that it does not hold."""
    if scene.state.last_human_at is None and scene.thread.holder_id is None:
        return Reason("reason_first")
    silent_since = scene.state.last_human_at or situation.unanswered_since
    minutes = int((scene.uow.now - silent_since) / timedelta(minutes=1))
    return (
        Reason("reason_silence", {"minutes": minutes}) if minutes else Reason("reason_unanswered")
    )


async def _drop(uow: UnitOfWork, turn: AiTurn) -> None:
    reason = uow.text_for_staff("ai.overtaken")
    dropped = {"state": AiTurnState.DROPPED, "action": AiAction.DROPPED, "reason": reason}
    if await settle_turn(uow, turn, **dropped):
        await log_without_thought(uow, turn, AiAction.DROPPED, reason)


async def handle_deadline_timer(uow: UnitOfWork, thread: Thread) -> None:
    """End the open turn of a conversation that took too long: a human answers instead."""
    if thread.session_id is None:
        return
    turn = await turns.find_open_turn(uow.tx, thread.session_id)
    if turn is None:
        return
    if uow.now < turn.deadline_at:
        await set_timer(uow, thread, Timer.AI_DEADLINE, turn.deadline_at)
        return
    if _has_never_begun(thread, turn):
        await _begin_late(uow, thread, turn)
        return
    why = reasons.DEADLINE.say(uow)
    late = {"state": AiTurnState.DONE, "action": AiAction.FAILED, "reason": why}
    if not await settle_turn(uow, turn, **late):
        return
    await log_without_thought(uow, turn, AiAction.FAILED, why)
    row = await get_agent_ai_config(uow.tx, turn.agent_id)
    if row is None or turn.mode is not AiMode.AUTOMATIC:
        return
    config, state = to_config(row), await load_ai_session(uow, thread.session_id)
    summary = await summarize_messages(uow, thread.session_id, config.name)
    await hand_over(uow, thread, config, state, reasons.DEADLINE, summary=summary)


def _has_never_begun(thread: Thread, turn: AiTurn) -> bool:
    """Check for a turn whose agent would have the session by now, had its start been handled."""
    is_waiting = turn.mode is AiMode.AUTOMATIC and turn.state is AiTurnState.WAITING
    return is_waiting and thread.holder_id != turn.agent_id


async def _begin_late(uow: UnitOfWork, thread: Thread, turn: AiTurn) -> None:
    """Begin a turn now, with its whole time: the desk was away when it was to begin."""
    deadline_at = uow.now + uow.session_times.turns.deadline
    await turns.update_open_turn(uow.tx, turn.id, {"deadline_at": deadline_at})
    await set_timer(uow, thread, Timer.AI_DEADLINE, deadline_at)
    await handle_start_timer(uow, thread)
