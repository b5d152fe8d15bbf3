"""Tests of a receipt that comes while another transaction settles its send."""

import asyncio

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import MessageId, new_id
from db.queues import lanes, outbox
from db.queues.lanes import LaneDueTime
from db.tables import (
    DeliveryState,
    Lane,
    Message,
    MessageLink,
    Outbox,
    OutboxState,
    Queue,
)
from db.tables.base import now_utc
from desk.messages.receipts import apply_early_receipts
from desk.unit_of_work import UnitOfWork
from tests.bridge.cloud import webhook_bodies
from tests.bridge.cloud.inbound_env import InboundEnv, open_inbound_env
from tests.bridge.cloud.webhook_bodies import (
    build_body,
    build_messages_body,
    build_status,
    build_text,
    build_value,
)

_LANE = "person"


async def _answer(inbound: InboundEnv) -> tuple[int, MessageId]:
    """Store an answer that is being sent, with its lane claimed by a courier."""
    [message, *_] = await inbound.load_messages()
    answer = {
        **message.model_dump(),
        "id": new_id(),
        "sender_type": "CS",
        "direction": "outbound",
        "delivery_state": DeliveryState.SENT,
    }
    row = {
        "channel_id": inbound.channel_id,
        "conversation_id": message.conversation_id,
        "message_id": answer["id"],
        "lane": _LANE,
        "kind": "answer",
        "payload": {},
        "state": OutboxState.SENDING,
        "attempts": 0,
        "due_at": now_utc(),
        "created_at": now_utc(),
    }
    async with inbound.database.transaction() as tx:
        await tx.execute(insert(get_table(Message)), [answer])
        await tx.execute(insert(get_table(Outbox)), [row])
        await lanes.make_due(tx, [LaneDueTime(Queue.CUSTOMER, _LANE, now_utc(), "gate")])
        found = await tx.execute(
            select(get_table(Outbox).c.id).where(get_table(Outbox).c.message_id == answer["id"])
        )
        return found.scalar_one(), MessageId(answer["id"])


async def _settle(
    inbound: InboundEnv, tx: AsyncSession, row_id: int, message_id: MessageId
) -> None:
    """Write what the courier writes when it settles the answer, in the courier's order."""
    lane = get_table(Lane)
    await tx.execute(update(lane).where(lane.c.lane == _LANE).values(lease=None, due_at=None))
    await outbox.settle(tx, [row_id], now_utc())
    link = {
        "message_id": message_id,
        "channel_id": inbound.channel_id,
        "side": "customer",
        "chat": webhook_bodies.PHONE,
        "provider_id": "wamid.ours",
    }
    await tx.execute(insert(get_table(MessageLink)), [link])


async def test_neither_overlooks_the_other(migrated_mariadb_url: str) -> None:
    async with open_inbound_env(migrated_mariadb_url) as inbound:
        await inbound.receive(build_messages_body(build_text()))
        row_id, message_id = await _answer(inbound)
        receipt = build_status("delivered", biz_opaque_callback_data=str(row_id))
        async with inbound.database.transaction() as tx:
            await _settle(inbound, tx, row_id, message_id)
            coming = asyncio.create_task(
                inbound.receive(build_body(build_value(statuses=[receipt])))
            )
            done, _ = await asyncio.wait([coming], timeout=0.3)
            assert not done  # it waits for the other transaction's rows
        await coming
        kept = {each.id: each.delivery_state for each in await inbound.load_messages()}
        assert kept[message_id] is DeliveryState.DELIVERED


async def test_the_receipt_that_is_first_is_found(migrated_mariadb_url: str) -> None:
    async with open_inbound_env(migrated_mariadb_url) as inbound:
        await inbound.receive(build_messages_body(build_text()))
        row_id, message_id = await _answer(inbound)
        receipt = build_status("delivered", biz_opaque_callback_data=str(row_id))
        await inbound.receive(build_body(build_value(statuses=[receipt])))

        async def settle(tx: AsyncSession) -> None:
            await _settle(inbound, tx, row_id, message_id)
            uow = UnitOfWork(tx, now_utc(), inbound.channels)
            await apply_early_receipts(uow, inbound.channel_id, {"wamid.ours": message_id})
            await uow.flush()

        await inbound.database.run(settle)
        kept = {each.id: each.delivery_state for each in await inbound.load_messages()}
        assert kept[message_id] is DeliveryState.DELIVERED
