"""Write and judge the log of AI answers."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import (
    AgentId,
    AiLogId,
    ChannelId,
    ClientId,
    ConversationId,
    MessageId,
    SessionId,
    new_id,
)
from db.queries.ai.scope import AiScope
from db.queries.lists.keyset import PageStart, paginate
from db.tables import AiAction, AiConversationLog, AiMode, Channel, Client, Contact, Conversation

logs = get_table(AiConversationLog)
conversations = get_table(Conversation)
contacts = get_table(Contact)
clients = get_table(Client)
channels = get_table(Channel)
# Why an answer or a draft counts as wrong.
CHANGED_BY_STAFF = "changed by staff"
# Built once: building it with its values takes longer than running it.
_INSERT = insert(logs)


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
    await tx.execute(_INSERT, values)
    return log_id


@dataclass(frozen=True, slots=True)
class PastQuestion:
    """A log row, with what else was known of the customer and the channel."""

    log: AiConversationLog
    client_id: ClientId
    client_name: str
    # That of the customer, otherwise that of the channel; None: neither is known.
    language: str | None
    channel_name: str
    reply_limit: int


async def list_past_questions(
    tx: AsyncSession, agent_id: AgentId, *, start: PageStart | None, limit: int
) -> list[PastQuestion]:
    """Read a page of an agent's questions and one more, newest first, without dropped ones."""
    wanted = (
        select(
            AiConversationLog,
            clients.c.id,
            clients.c.name,
            func.coalesce(clients.c.language, func.nullif(channels.c.language, "")),
            channels.c.name,
            channels.c.ai_reply_limit,
        )
        .join(conversations, conversations.c.id == logs.c.conversation_id)
        .join(contacts, contacts.c.id == conversations.c.contact_id)
        .join(clients, clients.c.id == contacts.c.client_id)
        .join(channels, channels.c.id == logs.c.channel_id)
        .where(logs.c.agent_id == agent_id, logs.c.action != AiAction.DROPPED)
    )
    paged = paginate(wanted, logs.c.created_at, logs.c.id, start=start, limit=limit)
    return [PastQuestion(*row) for row in await tx.execute(paged)]


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which log rows to list; None: all of them."""

    scope: AiScope = field(default_factory=AiScope)
    action: AiAction | None = None
    judged_wrong: bool | None = None
    since: datetime | None = None
    # Excluded itself.
    until: datetime | None = None


async def list_logs(
    tx: AsyncSession, wanted: LogFilter, *, start: PageStart | None, limit: int
) -> list[AiConversationLog]:
    """Read a page of log rows and one more, newest first."""
    statement: Select[Any] = select(AiConversationLog)
    statement = statement.where(*wanted.scope.list_conditions(logs))
    if wanted.action is not None:
        statement = statement.where(logs.c.action == wanted.action)
    if wanted.judged_wrong is not None:
        statement = statement.where(logs.c.judged_wrong == wanted.judged_wrong)
    if wanted.since is not None:
        statement = statement.where(logs.c.created_at >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(logs.c.created_at < wanted.until)
    paged = paginate(statement, logs.c.created_at, logs.c.id, start=start, limit=limit)
    return list(await tx.scalars(paged))


async def find_log(tx: AsyncSession, log_id: AiLogId) -> AiConversationLog | None:
    """Read one log row."""
    return (await tx.scalars(select(AiConversationLog).where(logs.c.id == log_id))).first()


async def find_last_log(tx: AsyncSession, session_id: SessionId) -> AiConversationLog | None:
    """Read the newest log row of a session."""
    wanted = select(AiConversationLog).where(logs.c.session_id == session_id)
    return (await tx.scalars(wanted.order_by(logs.c.id.desc()).limit(1))).first()


async def add_cost(
    tx: AsyncSession,
    session_id: SessionId,
    message_id: MessageId,
    *,
    model: str | None,
    tokens_in: int,
    tokens_out: int,
    cost: float,
) -> None:
    """Add what a question cost to its log row, which was written before that was known."""
    this = logs.c.session_id == session_id, logs.c.message_id == message_id
    more = {
        "model": func.coalesce(logs.c.model, model),
        "tokens_in": logs.c.tokens_in + tokens_in,
        "tokens_out": logs.c.tokens_out + tokens_out,
        "cost": logs.c.cost + cost,
    }
    await tx.execute(update(logs).where(*this, logs.c.tokens_in == 0).values(**more))


async def judge_wrong(tx: AsyncSession, reply_id: MessageId, reason: str, now: datetime) -> bool:
    """Mark the AI's answer that is this message as wrong; return False if it is no such answer.

    The first reason stays.
    """
    judged = await tx.scalar(select(logs.c.judged_wrong).where(logs.c.reply_id == reply_id))
    if judged is False:
        values = {"judged_wrong": True, "wrong_reason": reason, "judged_at": now}
        await tx.execute(update(logs).where(logs.c.reply_id == reply_id).values(values))
    return judged is not None


async def judge_suggestion_wrong(
    tx: AsyncSession, session_id: SessionId, message_id: MessageId, now: datetime
) -> None:
    """Mark the draft about this message as wrong: a human says it in other words."""
    is_draft = (
        logs.c.session_id == session_id,
        logs.c.message_id == message_id,
        logs.c.mode == AiMode.SUGGEST,
        logs.c.judged_wrong.is_(False),
    )
    values = {"judged_wrong": True, "wrong_reason": CHANGED_BY_STAFF, "judged_at": now}
    await tx.execute(update(logs).where(*is_draft).values(values))
