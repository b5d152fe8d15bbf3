"""Ask customers for ratings, and store what they answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import ConversationId, MessageId, SessionId
from db.tables import Agent, ConversationMetrics, RatingRequest, Session

agents = get_table(Agent)
metrics = get_table(ConversationMetrics)
requests = get_table(RatingRequest)
sessions = get_table(Session)


@dataclass(frozen=True, slots=True)
class AskedRating:
    """A session that a customer was asked to rate, and what they have answered so far."""

    session_id: SessionId
    session_number: int
    # Who held it when it ended; None: nobody.
    agent: str | None
    message_id: MessageId
    rating: int | None
    comment: str | None


async def is_answered(tx: AsyncSession, session_id: SessionId) -> bool:
    """Check that the customer wrote in a session and somebody, or an AI agent, answered."""
    answers = metrics.c.human_count + metrics.c.ai_count
    wanted = exists().where(
        metrics.c.session_id == session_id, metrics.c.inbound_count > 0, answers > 0
    )
    return bool(await tx.scalar(select(wanted)))


async def is_asked(tx: AsyncSession, session_id: SessionId) -> bool:
    """Check whether the customer was asked to rate a session before."""
    return bool(await tx.scalar(select(exists().where(requests.c.session_id == session_id))))


async def add_request(
    tx: AsyncSession,
    session_id: SessionId,
    conversation_id: ConversationId,
    message_id: MessageId,
    now: datetime,
) -> None:
    """Note that the customer is asked to rate a session."""
    values = {"session_id": session_id, "conversation_id": conversation_id}
    await tx.execute(
        insert(requests).values(**values, message_id=message_id, thanks_id=None, asked_at=now)
    )


async def find_by_session(
    tx: AsyncSession, conversation_id: ConversationId, session_id: str
) -> AskedRating | None:
    """Find what was asked about a session of this conversation."""
    return await _find(tx, _read(conversation_id).where(requests.c.session_id == session_id))


async def find_by_message(
    tx: AsyncSession, conversation_id: ConversationId, message_id: MessageId
) -> AskedRating | None:
    """Find what was asked with this message, or what this message thanked for."""
    about = or_(requests.c.message_id == message_id, requests.c.thanks_id == message_id)
    return await _find(tx, _read(conversation_id).where(about))


async def find_newest(
    tx: AsyncSession, conversation_id: ConversationId, since: datetime
) -> AskedRating | None:
    """Find the last session that the customer was asked about, not before `since`."""
    wanted = _read(conversation_id).where(requests.c.asked_at >= since)
    return await _find(tx, wanted.order_by(requests.c.asked_at.desc()).limit(1))


async def save_rating(tx: AsyncSession, session_id: SessionId, rating: int, now: datetime) -> None:
    """Store a session's rating, or another one in its place."""
    await _save(tx, session_id, rating=rating, rated_at=now)


async def save_comment(tx: AsyncSession, session_id: SessionId, comment: str) -> None:
    """Store the customer's words about a session, or others in their place."""
    await _save(tx, session_id, rating_comment=comment)


async def save_thanks(tx: AsyncSession, session_id: SessionId, message_id: MessageId) -> None:
    """Note the message that thanked for a rating."""
    mine = update(requests).where(requests.c.session_id == session_id)
    await tx.execute(mine.values(thanks_id=message_id))


async def _save(tx: AsyncSession, session_id: SessionId, **values: object) -> None:
    await tx.execute(update(metrics).where(metrics.c.session_id == session_id).values(**values))


def _read(conversation_id: ConversationId) -> Select[Any]:
    return (
        select(
            requests.c.session_id,
            sessions.c.number,
            agents.c.name,
            requests.c.message_id,
            metrics.c.rating,
            metrics.c.rating_comment,
        )
        .join(sessions, sessions.c.id == requests.c.session_id)
        .join(metrics, metrics.c.session_id == requests.c.session_id)
        .outerjoin(agents, agents.c.id == metrics.c.agent_id)
        .where(requests.c.conversation_id == conversation_id)
    )


async def _find(tx: AsyncSession, wanted: Select[Any]) -> AskedRating | None:
    row = (await tx.execute(wanted)).first()
    return AskedRating(*row) if row else None
