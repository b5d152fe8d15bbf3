"""Actions at a desk through the functions that the bot and the API call."""

from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import AgentId, MessageId, SessionId, new_id
from db.queries.events.events import EventRecord, add_to_log
from db.tables import (
    DeliveryState,
    Direction,
    EventKind,
    Message,
    MessageType,
    SenderType,
    Session,
    SessionStatus,
    Webhook,
    WebhookDelivery,
    WebhookDeliveryState,
)
from db.tables.base import now_utc
from tests.api.stage import ApiStage

messages = get_table(Message)
sessions = get_table(Session)


async def say(api: ApiStage, session: SessionId, *texts: str, **more: Any) -> list[MessageId]:
    """Let a session's customer write these texts in one transaction."""
    [row] = await api.rows("SELECT conversation_id FROM sessions WHERE id = :id", id=session)
    ids = [MessageId(new_id()) for _ in texts]
    rows = [
        {
            "id": message_id,
            "session_id": session,
            "conversation_id": row["conversation_id"],
            "sender_type": SenderType.CLIENT,
            "direction": Direction.INBOUND,
            "message_type": MessageType.TEXT,
            "message": text,
            "is_read": False,
            "delivery_state": DeliveryState.RECEIVED,
            "created_at": now_utc(),
            **more,
        }
        for message_id, text in zip(ids, texts, strict=True)
    ]

    async def work(tx: AsyncSession) -> None:
        await tx.execute(insert(messages), rows)
        happened = [EventRecord(EventKind.MESSAGE_NEW, session, each) for each in ids]
        await add_to_log(tx, happened, now_utc())

    await api.database.run(work)
    return ids


async def give(api: ApiStage, session: SessionId, to: AgentId | None, frm: AgentId | None) -> None:
    """Give a session to an agent, or to nobody."""

    async def work(tx: AsyncSession) -> None:
        if frm is None and to is not None:
            happened = [EventRecord(EventKind.SESSION_ASSIGNED, session, to)]
            await add_to_log(tx, happened, now_utc())
        elif frm is not None:
            happened = [EventRecord(EventKind.SESSION_TRANSFERRED, session, to, {"from": frm})]
            await add_to_log(tx, happened, now_utc())
        await tx.execute(sessions.update().where(sessions.c.id == session).values(cs_id=to))

    await api.database.run(work)


async def end(api: ApiStage, session: SessionId) -> None:
    """End a session."""

    async def work(tx: AsyncSession) -> None:
        done = {"status": SessionStatus.ENDED, "ended_at": now_utc()}
        await tx.execute(sessions.update().where(sessions.c.id == session).values(**done))
        await add_to_log(tx, [EventRecord(EventKind.SESSION_ENDED, session)], now_utc())

    await api.database.run(work)


async def create_delivered_webhook(api: ApiStage) -> dict[str, str]:
    """Create a webhook with one delivery; return the two ids by their names in paths."""
    now = now_utc()
    webhook = Webhook(name="Hook", url="https://example.com/hook", secret="sealed")
    delivery = WebhookDelivery(
        webhook_id=webhook.id,
        event="session.ended",
        records="[]",
        state=WebhookDeliveryState.DELIVERED,
        expires_at=now,
    )

    async def work(tx: AsyncSession) -> None:
        tx.add(Webhook(**webhook.model_dump()))
        await tx.flush()
        tx.add(WebhookDelivery(**delivery.model_dump()))

    await api.database.run(work)
    return {"webhook_id": webhook.id, "delivery_id": delivery.id}
