"""Follow what happens in conversations: open turns, and drop those that a human overtook."""

from collections.abc import Sequence

from db.ids import AgentId, MessageId, SessionId
from db.queries.ai import turns
from db.queries.ai.configs import get_agent_ai_config
from db.queries.ai.logs import CHANGED_BY_STAFF, judge_wrong
from db.queries.auto_replies import is_answered_by_rule
from db.queries.conversations.threads import Thread
from db.tables import (
    AgentStatus,
    AiAction,
    AiMode,
    AiSession,
    AiTakeover,
    AiTurn,
    AiTurnState,
    Direction,
)
from desk.actors import ActorKind
from desk.ai.config import to_config
from desk.ai.turns import reasons
from desk.ai.turns.handover import hand_over
from desk.ai.turns.logs import log_without_thought
from desk.ai.turns.opening import open_turn, settle_turn
from desk.ai.turns.policy import LetGo, StartAt, decide_start, extend_burst
from desk.ai.turns.proposing import propose_answered_question
from desk.ai.turns.releasing import release_session, release_sessions
from desk.ai.turns.state import build_situation, get_mode, load_agent, load_ai_session
from desk.ai.turns.suggestions import drop_overtaken_suggestion
from desk.ai.turns.words import is_complaint
from desk.events import (
    AgentStatusChanged,
    Event,
    MessageAdded,
    MessageEdited,
    SessionEnded,
    SessionReopened,
    SessionTransferred,
)
from desk.unit_of_work import UnitOfWork

# Why an answer counts as wrong, as the log has it.
_CORRECTED, _REOPENED = "a human answered after it", "reopened"


async def follow_events(uow: UnitOfWork, events: Sequence[Event]) -> None:
    """Write what follows from these events for AI agents."""
    for event in events:
        match event:
            case MessageAdded():
                await _follow_message(uow, event)
            case MessageEdited(message_id):
                await judge_wrong(uow.tx, message_id, CHANGED_BY_STAFF, uow.now)
            case SessionTransferred(session_id, former, _):
                await _follow_transfer(uow, session_id, former)
            case SessionEnded(session_id):
                await _drop_open_turn(uow, session_id)
                await drop_overtaken_suggestion(uow, session_id)
            case SessionReopened(session_id):
                await _follow_reopening(uow, session_id)
            case AgentStatusChanged(agent_id, status) if status is not AgentStatus.ONLINE:
                await release_sessions(uow, agent_id)


async def _follow_message(uow: UnitOfWork, event: MessageAdded) -> None:
    thread = uow.threads.get(("conversation", event.conversation_id))
    if thread is None or thread.session_id is None or thread.session_id != event.session_id:
        return
    if uow.channel_of(thread).ai_takeover is AiTakeover.OFF:
        if event.direction is Direction.INBOUND:
            await _release_held(uow, thread)
        return
    if event.direction is Direction.INBOUND:
        await _follow_customer(uow, thread, event)
    elif event.direction is Direction.OUTBOUND and event.sender is ActorKind.HUMAN.sender_type:
        await _follow_human(uow, thread.session_id, event.content.text or "")


async def _release_held(uow: UnitOfWork, thread: Thread) -> None:
    """Let go a session of a channel on which AI agents were switched off."""
    if thread.is_held_by_ai and thread.holder_id is not None:
        row = await get_agent_ai_config(uow.tx, thread.holder_id)
        if row is not None and thread.session_id is not None:
            state = await load_ai_session(uow, thread.session_id)
            state.unanswered_since = state.unanswered_since or uow.now
            await release_session(uow, thread, to_config(row))


async def _follow_customer(uow: UnitOfWork, thread: Thread, event: MessageAdded) -> None:
    text = event.content.text or ""
    if text.startswith("/start") or event.session_id is None:
        return
    if await is_answered_by_rule(uow.tx, event.session_id, event.message_id):
        return
    state = await load_ai_session(uow, event.session_id)
    state.unanswered_since = state.unanswered_since or uow.now
    state.last_answer_id = None
    state.complaints += is_complaint(text)
    turn = await turns.find_open_turn(uow.tx, event.session_id)
    if turn is not None:
        _extend(uow, turn, event.message_id)
        return
    is_choice = "choice" in (event.content.attributes or {})
    await answer_message(uow, thread, state, event.message_id, at_once=is_choice)


def _extend(uow: UnitOfWork, turn: AiTurn, message_id: MessageId) -> None:
    """Add a message to the open turn. Its timer looks at the new time when it fires."""
    turn.last_message_id = message_id
    if turn.state is AiTurnState.WAITING:
        turn.start_at = extend_burst(
            turn.start_at, turn.created_at, uow.now, uow.session_times.turns
        )


async def answer_message(
    uow: UnitOfWork,
    thread: Thread,
    state: AiSession,
    message_id: MessageId,
    *,
    at_once: bool = False,
) -> None:
    """Open a turn for a customer's message if an AI agent is to answer it, or call a human."""
    config = await load_agent(uow, thread, state)
    if config is None:
        return
    match decide_start(
        build_situation(uow, thread, state, config), uow.now, uow.session_times.turns
    ):
        case StartAt(at):
            state.agent_id = config.agent_id
            start_at = uow.now if at_once else at
            mode = get_mode(state, config)
            await open_turn(uow, thread, config, message_id, at=start_at, mode=mode)
        case LetGo():
            await hand_over(uow, thread, config, state, reasons.UNAVAILABLE)


async def _follow_human(uow: UnitOfWork, session_id: SessionId, answer: str) -> None:
    """Note a human's answer, wherever it was written; it overtakes what the AI thinks."""
    state = await load_ai_session(uow, session_id)
    waited, is_correction = state.unanswered_since is not None, state.last_answer_id is not None
    if state.last_answer_id is not None:
        await judge_wrong(uow.tx, state.last_answer_id, _CORRECTED, uow.now)
    state.last_answer_id = state.unanswered_since = None
    state.last_human_at = uow.now
    await _drop_open_turn(uow, session_id)
    await drop_overtaken_suggestion(uow, session_id)
    if waited or is_correction:
        await propose_answered_question(uow, session_id, answer, is_correction=is_correction)


async def _follow_transfer(uow: UnitOfWork, session_id: SessionId, former: AgentId) -> None:
    """Drop the turn of an AI agent from which a human took the session."""
    turn = await turns.find_open_turn(uow.tx, session_id)
    if turn is not None and turn.mode is AiMode.AUTOMATIC and turn.agent_id == former:
        await _drop_open_turn(uow, session_id)


async def _drop_open_turn(uow: UnitOfWork, session_id: SessionId) -> None:
    turn = await turns.find_open_turn(uow.tx, session_id)
    if turn is None:
        return
    reason = uow.text_for_staff("ai.overtaken")
    dropped = {"state": AiTurnState.DROPPED, "action": AiAction.DROPPED, "reason": reason}
    if await settle_turn(uow, turn, **dropped):
        await log_without_thought(uow, turn, AiAction.DROPPED, reason)


async def _follow_reopening(uow: UnitOfWork, session_id: SessionId) -> None:
    """Count the AI's last answer as wrong: what it answered was not over."""
    turn = await turns.find_last_turn(uow.tx, session_id)
    if turn is not None and turn.action is AiAction.ANSWER and turn.message_id is not None:
        await judge_wrong(uow.tx, turn.message_id, _REOPENED, uow.now)
