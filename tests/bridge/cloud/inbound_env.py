"""Provide a desk with one Cloud API number that receives webhook bodies."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bridge.cloud.intake.webhook_parser import parse_items, to_inbound_events
from bridge.cloud.receiving.receiver import CloudReceiver
from bridge.cloud.traits import CLOUD_TRAITS
from db.database import Database
from db.dialect import get_table
from db.ids import ChannelId, new_id
from db.queues.inbox import InboxRow
from db.tables import Channel, ChannelKind, Contact, Message, MessageLink, Outbox
from db.tables.base import now_utc
from db.tables.conversations import StaffPlace
from db.url import parse_database_url
from desk.channels import Channels, ServedChannel
from desk.unit_of_work import UnitOfWork
from tests.bridge.cloud import webhook_bodies

links = get_table(MessageLink)
GROUP = "-1001"
TRAITS = {ChannelKind.WHATSAPP_CLOUD: CLOUD_TRAITS}


@dataclass(slots=True)
class InboundEnv:
    database: Database
    channel_id: ChannelId
    channels: Channels

    async def receive(self, content: object) -> None:
        """Handle all items of a body in one transaction; raise the first error."""
        raw = content if isinstance(content, bytes) else webhook_bodies.encode_body(content)

        async def work(tx: AsyncSession) -> None:
            uow = UnitOfWork(tx, now_utc(), self.channels)
            events = to_inbound_events(parse_items(raw), lambda *_: self.channel_id, raw)
            rows = [
                InboxRow(at, each.lane, each.channel_id, each.provider_id, each.payload, 0, uow.now)
                for at, each in enumerate(events)
            ]
            for handle in await CloudReceiver().prepare(uow, rows):
                await handle()
            await uow.flush()

        await self.database.run(work)

    async def open_topics(self) -> None:
        """Give every conversation a topic."""
        async with self.database.transaction() as tx:
            await tx.execute(update(get_table(StaffPlace)).values(topic=get_table(StaffPlace).c.id))

    async def load_rows(self, table: type[Any]) -> list[Any]:
        async with self.database.transaction() as tx:
            return list((await tx.scalars(select(table).order_by(table.id))).all())

    async def load_messages(self) -> list[Message]:
        return await self.load_rows(Message)

    async def load_contacts(self) -> list[Contact]:
        return await self.load_rows(Contact)

    async def load_staff_texts(self) -> list[str]:
        """Return kind and text of the messages to staff, without cards and notices."""
        rows: list[Outbox] = await self.load_rows(Outbox)
        found = [(row.kind.value, row.payload) for row in rows]
        found = [each for each in found if each[0] not in {"card", "notice"}]
        return [f"{kind} {payload.get('content', {}).get('text', '')}" for kind, payload in found]

    async def store_answer(
        self, provider_id: str, state: str, chat: str = webhook_bodies.PHONE
    ) -> Message:
        """Store an answer of ours that the customer received under this id."""
        [conversation, *_] = [row.conversation_id for row in await self.load_messages()]
        [message, *_] = await self.load_messages()
        answer = {
            **message.model_dump(),
            "id": new_id(),
            "sender_type": "CS",
            "direction": "outbound",
            "delivery_state": state,
            "conversation_id": conversation,
        }
        link = {
            "message_id": answer["id"],
            "channel_id": self.channel_id,
            "side": "customer",
            "chat": chat,
            "provider_id": provider_id,
        }
        async with self.database.transaction() as tx:
            await tx.execute(insert(get_table(Message)), [answer])
            await tx.execute(insert(links), [link])
        return Message(**answer)


@asynccontextmanager
async def open_inbound_env(url: str) -> AsyncIterator[InboundEnv]:
    database = Database(parse_database_url(url))
    row = Channel(
        id=ChannelId(new_id()),
        kind=ChannelKind.WHATSAPP_CLOUD,
        external_id=webhook_bodies.NUMBER,
        name="Shop",
        staff_groups=[GROUP],
    )
    served = ServedChannel.from_row(row, enrols_members=False, traits=TRAITS)
    async with database.transaction() as tx:
        tx.add(row)
    try:
        yield InboundEnv(database, served.id, Channels([served]))
    finally:
        await database.close()
