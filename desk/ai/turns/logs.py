"""Write the log of AI answers for turns."""

from collections.abc import Sequence
from datetime import datetime

from db.ids import AiTurnId, MessageId
from db.queries.ai.logs import AiLogEntry, add_cost, log_ai_conversation
from db.queries.ai.turns import find_turn
from db.queries.messages.message_rows import list_messages_by_ids
from db.tables import AiAction, AiTurn
from desk.ai.turns.thought import Cost, Material, Thought
from desk.transactions import RunsTransactions
from desk.unit_of_work import UnitOfWork


async def log_thought(
    uow: UnitOfWork,
    turn: AiTurn,
    material: Material,
    thought: Thought,
    *,
    action: AiAction,
    words: str = "",
    reply_id: MessageId | None = None,
    reason: str | None = None,
) -> None:
    """Log a turn that was thought about; `words` is what the customer or staff read."""
    entry = AiLogEntry(
        conversation_id=turn.conversation_id,
        session_id=turn.session_id,
        agent_id=turn.agent_id,
        channel_id=turn.channel_id,
        user_message=material.question,
        action=action,
        ai_response=words or thought.text or None,
        confidence_score=thought.confidence,
        used_knowledge=[dict(each) for each in thought.passages],
        handover_reason=reason,
        message_id=turn.last_message_id,
        reply_id=reply_id,
        mode=turn.mode,
        model=thought.cost.model,
        tokens_in=thought.cost.tokens_in,
        tokens_out=thought.cost.tokens_out,
        cost=thought.cost.cost,
        duration_ms=_count_milliseconds(turn.start_at, uow.now),
    )
    await log_ai_conversation(uow.tx, entry, uow.now)


async def log_without_thought(
    uow: UnitOfWork, turn: AiTurn, action: AiAction, reason: str, *, cost: Cost | None = None
) -> None:
    """Log a turn that ended before there was a thought: overtaken, or too late."""
    spent = cost or Cost()
    entry = AiLogEntry(
        conversation_id=turn.conversation_id,
        session_id=turn.session_id,
        agent_id=turn.agent_id,
        channel_id=turn.channel_id,
        user_message=await _read_words(uow, [turn.last_message_id]),
        action=action,
        handover_reason=reason,
        message_id=turn.last_message_id,
        mode=turn.mode,
        model=spent.model,
        tokens_in=spent.tokens_in,
        tokens_out=spent.tokens_out,
        cost=spent.cost,
        duration_ms=_count_milliseconds(turn.start_at, uow.now),
    )
    await log_ai_conversation(uow.tx, entry, uow.now)


async def log_late_cost(uow: UnitOfWork, turn_id: AiTurnId, thought: Thought) -> None:
    """Add what was thought too late to the log of its turn: a human or the deadline was faster."""
    spent, turn = thought.cost, await find_turn(uow.tx, turn_id)
    if turn is None or not spent.tokens_in:
        return
    await add_cost(
        uow.tx,
        turn.session_id,
        turn.last_message_id,
        model=spent.model,
        tokens_in=spent.tokens_in,
        tokens_out=spent.tokens_out,
        cost=spent.cost,
    )


async def settle_tokens(transactions: RunsTransactions, thought: Thought) -> None:
    """Settle the calls of a thought that still count with what they reserved."""

    async def settle(uow: UnitOfWork) -> None:
        for used in thought.cost.unsettled:
            await used.settle(uow.tx)

    if thought.cost.unsettled:
        await transactions.run(settle)


async def _read_words(uow: UnitOfWork, ids: Sequence[MessageId]) -> str:
    rows = await list_messages_by_ids(uow.tx, ids)
    return "\n".join(row.message for row in rows if row.message)


def _count_milliseconds(since: datetime, now: datetime) -> int:
    return max(0, int((now - since).total_seconds() * 1000))
