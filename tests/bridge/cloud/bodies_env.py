"""Provide a served webhook and a worker that many bodies share, and read what each of them did."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import BaseTestServer, TestServer
from sqlalchemy import func, select, update

from bridge.cloud.intake.webhook import build_cloud_routes
from bridge.cloud.receiving.receiver import CloudReceiver
from db.database import Database
from db.dialect import get_table
from db.ids import ChannelId, new_id
from db.tables import (
    Channel,
    ChannelKind,
    Client,
    Contact,
    Conversation,
    Inbox,
    InboxState,
    Message,
    Outbox,
    OutboxKind,
    Session,
)
from db.tables.conversations import StaffPlace
from db.url import parse_database_url
from desk.channels import Channels, ServedChannel
from desk.cluster.wake import Signal
from desk.limits.body_reader import BodyReader
from desk.receiving.worker import Worker
from desk.telemetry.metrics import Metrics
from desk.unit_of_work_factory import UnitOfWorkFactory
from tests.bridge.cloud import webhook_bodies
from tests.bridge.cloud.inbound_env import GROUP, TRAITS
from tests.bridge.cloud.webhook_bodies import NUMBER, SECRET, encode_body, sign_body
from tests.fixtures.intake import run_intake
from tests.flows.eventually import eventually

TABLES = (Inbox, Outbox, Message, Session, Client, Conversation)


@dataclass(slots=True)
class Outcome:
    """What one body did: the rows that it added."""

    messages: list[Message] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)
    conversations: list[Conversation] = field(default_factory=list)
    sessions: int = 0
    parked: list[str] = field(default_factory=list)
    # Automatic texts to customers.
    notices: list[str] = field(default_factory=list)
    # Texts in the General topic.
    general: list[str] = field(default_factory=list)
    # Texts in customers' topics that are no copies of messages.
    topic: list[str] = field(default_factory=list)
    # Copies of messages in topics.
    copies: list[str] = field(default_factory=list)

    @property
    def said(self) -> list[tuple[str, str, str | None]]:
        """Return direction, type and text of the messages."""
        return [(m.direction.value, m.message_type.value, m.message) for m in self.messages]

    @property
    def shown(self) -> str:
        """Return everything that people read."""
        texts = [m.message or "" for m in self.messages]
        return "\n".join([*texts, *self.notices, *self.general, *self.topic, *self.copies])


@dataclass(slots=True)
class BodiesEnv:
    """A served webhook of one channel whose desk has no agents, and a worker."""

    database: Database
    server: BaseTestServer
    http: aiohttp.ClientSession
    channel_id: ChannelId

    async def post(self, body: object) -> Outcome:
        """Post a signed body, wait until it is handled, and return what it did."""
        before = await self._read_newest()
        raw = encode_body(body)
        headers = {"X-Hub-Signature-256": sign_body(raw)}
        url = self.server.make_url(f"/whatsapp/{self.channel_id}")
        async with self.http.post(url, data=raw, headers=headers) as reply:
            assert (reply.status, await reply.text()) == (200, "")
        await eventually(self._is_settled, "everything is handled")
        return await self._read_outcome(before)

    async def let_write(self, phone: str, **more: Any) -> Outcome:
        """Let a customer write, and give their conversation a topic."""
        said = webhook_bodies.build_text("hello", **{"from": phone, "id": new_id(), **more})
        contact = {"profile": {"name": f"Name of {phone}"}, "wa_id": phone}
        outcome = await self.post(webhook_bodies.build_messages_body(said, contacts=[contact]))
        async with self.database.transaction() as tx:
            for each in outcome.conversations:
                await tx.execute(
                    update(get_table(StaffPlace))
                    .where(get_table(StaffPlace).c.conversation_id == each.id)
                    .values(topic=new_id(), card="8")
                )
        return outcome

    async def load(self, table: type[Any], **which: object) -> list[Any]:
        async with self.database.transaction() as tx:
            return list((await tx.scalars(select(table).filter_by(**which))).all())

    async def load_client(self, phone: str) -> Client:
        [contact] = await self.load(Contact, external_id=phone)
        [client] = await self.load(Client, id=contact.client_id)
        assert isinstance(client, Client)
        return client

    async def _is_settled(self) -> bool:
        async with self.database.transaction() as tx:
            waiting = select(func.count()).where(get_table(Inbox).c.settled_at.is_(None))
            return not await tx.scalar(waiting)

    async def _read_newest(self) -> dict[str, set[Any]]:
        async with self.database.transaction() as tx:
            return {
                table.__name__: set((await tx.scalars(select(get_table(table).c.id))).all())
                for table in TABLES
            }

    async def _read_outcome(self, before: dict[str, set[Any]]) -> Outcome:
        async with self.database.transaction() as tx:
            new: dict[str, list[Any]] = {}
            for table in TABLES:
                rows: list[Any] = list((await tx.scalars(select(table))).all())
                rows = [row for row in rows if row.id not in before[table.__name__]]
                new[table.__name__] = sorted(rows, key=lambda row: row.id)
        inbox: list[Inbox] = new["Inbox"]
        outbox: list[Outbox] = new["Outbox"]
        outcome = Outcome(
            messages=new["Message"],
            clients=new["Client"],
            conversations=new["Conversation"],
            sessions=len(new["Session"]),
            parked=[row.error or "" for row in inbox if row.state is InboxState.PARKED],
        )
        for row in outbox:
            self._add_outbox_row(outcome, row)
        return outcome

    def _add_outbox_row(self, outcome: Outcome, row: Outbox) -> None:
        payload: dict[str, Any] = row.payload
        text = str((payload.get("content") or {}).get("text") or "")
        if row.kind in {OutboxKind.NOTICE, OutboxKind.ANSWER}:
            outcome.notices.append(text)
        elif row.kind is OutboxKind.STAFF_NOTICE:
            outcome.topic.append(text)
        elif row.kind in {OutboxKind.COPY, OutboxKind.EDIT}:
            outcome.copies.append(text)
        elif row.conversation_id is None:
            outcome.general.append(text)


@asynccontextmanager
async def open_bodies_env(url: str) -> AsyncIterator[BodiesEnv]:
    database = Database(parse_database_url(url))
    row = Channel(
        id=ChannelId(new_id()),
        kind=ChannelKind.WHATSAPP_CLOUD,
        external_id=NUMBER,
        name="Cloud",
        staff_groups=[GROUP],
    )
    served = ServedChannel.from_row(row, enrols_members=False, traits=TRAITS)
    credentials = {served.id: {"phone_number_id": NUMBER, "app_secret": SECRET}}
    async with database.transaction() as tx:
        tx.add(row)
    receivers: Any = {ChannelKind.WHATSAPP_CLOUD: CloudReceiver()}
    uow_factory = UnitOfWorkFactory(Channels([served]), [])
    worker = Worker(database, uow_factory, receivers, outbox_notifier=Signal())
    working = asyncio.create_task(worker.run())
    async with run_intake(database, worker.signal) as intake:
        app = web.Application()
        app.add_routes(
            build_cloud_routes(
                credentials, intake, Metrics(), BodyReader(), is_known=credentials.__contains__
            )
        )
        async with TestServer(app) as server, aiohttp.ClientSession() as http:
            yield BodiesEnv(database, server, http, served.id)
    worker.stop()
    await working
    await database.close()


def read_body(path: Any) -> Any:
    return json.loads(path.read_text("utf-8"))
