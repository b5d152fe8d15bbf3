"""Write and judge the log of AI answers."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import AgentId, AiLogId, ChannelId, ConversationId, MessageId, SessionId, new_id
from db.tables import AiAction, AiConversationLog, AiMode

logs = get_table(AiConversationLog)


@dataclass(frozen=True, slots=True)
class AiLogEntry:
    """One question, and what an AI agent did with it."""

    conversation_id: ConversationId
    session_id: SessionId
    agent_id: AgentId
    channel_id: ChannelId
    user_message: str
    action: AiAction
    ai_response: str | None = None
    # From 0 to 1.
    confidence_score: float | None = None
    used_knowledge: list[dict[str, Any]] = field(default_factory=list)
    handover_reason: str | None = None
    message_id: MessageId | None = None
    reply_id: MessageId | None = None
    mode: AiMode = AiMode.AUTOMATIC
    model: str | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0
    duration_ms: int = 0


async def log_ai_conversation(tx: AsyncSession, entry: AiLogEntry, now: datetime) -> AiLogId:
    """Write one log row and return its id.

    The reference's function of this name; a handover was triggered if that is the action.
    """
    log_id = AiLogId(new_id())
    values = {
        **asdict(entry),
        "id": log_id,
        "handover_triggered": entry.action is AiAction.HANDOVER,
        "judged_wrong": False,
        "created_at": now,
    }
    await tx.execute(insert(logs).values(values))
    return log_id


async def judge_wrong(tx: AsyncSession, reply_id: MessageId, reason: str, now: datetime) -> bool:
    """Mark the AI's answer that is this message as wrong; return False if it is no such answer.

    The first reason stays.
    """
    judged = await tx.scalar(select(logs.c.judged_wrong).where(logs.c.reply_id == reply_id))
    if judged is False:
        values = {"judged_wrong": True, "wrong_reason": reason, "judged_at": now}
        await tx.execute(update(logs).where(logs.c.reply_id == reply_id).values(values))
    return judged is not None
