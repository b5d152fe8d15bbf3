"""The row of a turn: opened with its two timers, thought about, settled."""

from datetime import datetime

from db.ids import AiTurnId, MessageId, new_id
from db.queries.ai import turns
from db.queries.conversations.threads import Thread
from db.tables import AiMode, AiTurn, AiTurnState
from desk.ai.config import AiConfig
from desk.receiving.timers import Timer, set_timers
from desk.unit_of_work import UnitOfWork


async def open_turn(
    uow: UnitOfWork,
    thread: Thread,
    config: AiConfig,
    message_id: MessageId,
    *,
    at: datetime,
    mode: AiMode,
) -> AiTurn:
    """Open the turn of a session that has none; it starts `at` a time, and sets its timers."""
    assert thread.session_id is not None  # noqa: S101 the caller checked it
    # A turn that starts later, because a human may answer first, has its whole time then.
    rules = uow.session_times.turns
    begins = at if at > uow.now + rules.quiet else uow.now
    turn = AiTurn(
        id=AiTurnId(new_id()),
        session_id=thread.session_id,
        conversation_id=thread.conversation_id,
        channel_id=thread.channel_id,
        agent_id=config.agent_id,
        mode=mode,
        first_message_id=message_id,
        last_message_id=message_id,
        start_at=at,
        deadline_at=begins + rules.deadline,
        created_at=uow.now,
    )
    await turns.add_turn(uow.tx, turn)
    times = {Timer.AI_START: turn.start_at, Timer.AI_DEADLINE: turn.deadline_at}
    await set_timers(uow, thread, times)
    return turn


async def note_thinking(uow: UnitOfWork, turn: AiTurn, rounds: int) -> None:
    """Note that an open turn is thought about up to its last message, if that is not noted yet."""
    begun = {
        "state": AiTurnState.THINKING,
        "seen_until": turn.last_message_id,
        "rounds": max(turn.rounds, rounds),
    }
    if any(getattr(turn, name) != value for name, value in begun.items()):
        await turns.update_open_turn(uow.tx, turn.id, begun)


async def settle_turn(uow: UnitOfWork, turn: AiTurn, **values: object) -> bool:
    """Settle an open turn with these values; return False if somebody settled it first."""
    return await turns.update_open_turn(uow.tx, turn.id, {**values, "settled_at": uow.now})
