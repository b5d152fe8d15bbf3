"""Tests of webhooks over HTTP: who may post, what is stored, and when Meta must try again."""

import asyncio
import io
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import select

from bridge.cloud.intake import webhook
from bridge.cloud.receiving.receiver import CloudReceiver
from db.database import Database
from db.ids import ChannelId, new_id
from db.queues.inbox import InboxRow
from db.tables import Channel, ChannelKind, Contact, Inbox, InboxState, Message
from db.tables.base import now_utc
from db.url import parse_database_url
from desk.channels import Channels, ServedChannel
from desk.cluster.wake import Signal
from desk.limits.body_reader import BodyReader
from desk.receiving.worker import Worker
from desk.telemetry.metrics import Metrics
from desk.unit_of_work import UnitOfWork
from desk.unit_of_work_factory import UnitOfWorkFactory
from sandbox.app import serve
from sandbox.graph.client import GraphSandbox
from tests.bridge.cloud import webhook_bodies
from tests.bridge.cloud.inbound_env import GROUP, TRAITS
from tests.bridge.cloud.webhook_bodies import (
    KINDS,
    NUMBER,
    SECRET,
    build_message,
    build_messages_body,
    build_value,
    encode_body,
    sign_body,
)
from tests.fixtures.intake import run_intake
from tests.flows.eventually import eventually

VERIFY = "verify-me"
LARGEST = 3 * 1024 * 1024


@dataclass
class WebhookEnv:
    """A served webhook with one channel, and a client that posts to it."""

    database: Database
    server: TestServer
    http: aiohttp.ClientSession
    credentials: dict[ChannelId, Mapping[str, str]]
    channel: Channel
    notifier: Signal = field(default_factory=Signal)
    known: set[ChannelId] = field(default_factory=set)

    async def post(
        self, content: object, *, to: str | None = None, **headers: str
    ) -> tuple[int, str]:
        given = content if isinstance(content, bytes) else encode_body(content)
        known = headers or {"X-Hub-Signature-256": sign_body(given)}
        url = self.server.make_url(f"/whatsapp/{to or self.channel.id}")
        async with self.http.post(url, data=io.BytesIO(given), headers=known) as reply:
            return reply.status, await reply.text()

    async def ask(self, **query: str) -> tuple[int, str]:
        params = {name.replace("_", ".", 1): each for name, each in query.items()}
        url = self.server.make_url(f"/whatsapp/{self.channel.id}")
        async with self.http.get(url, params=params) as reply:
            return reply.status, await reply.text()

    async def rows(self) -> list[Inbox]:
        async with self.database.transaction() as tx:
            return list((await tx.scalars(select(Inbox).order_by(Inbox.id))).all())

    async def add(self, number: str, secret: str, *, served: bool = True) -> ChannelId:
        """Add another channel."""
        row = Channel(
            id=ChannelId(new_id()),
            kind=ChannelKind.WHATSAPP_CLOUD,
            external_id=number,
            name=number,
        )
        channel_id = row.id
        async with self.database.transaction() as tx:
            tx.add(row)
        self.known.add(channel_id)
        if served:
            self.credentials[channel_id] = {"phone_number_id": number, "app_secret": secret}
        return channel_id


@asynccontextmanager
async def open_env(url: str) -> AsyncIterator[WebhookEnv]:
    database = Database(parse_database_url(url))
    row = Channel(
        id=ChannelId(new_id()),
        kind=ChannelKind.WHATSAPP_CLOUD,
        external_id=NUMBER,
        name="Shop",
        staff_groups=[GROUP],
    )
    own = {"phone_number_id": NUMBER, "app_secret": SECRET, "verify_token": VERIFY}
    credentials: dict[ChannelId, Mapping[str, str]] = {row.id: own}
    async with database.transaction() as tx:
        tx.add(row)
        await tx.flush()
        tx.expunge(row)
    app, known = web.Application(), {row.id}
    notifier = Signal()
    async with run_intake(database, notifier) as intake:
        app.add_routes(
            webhook.build_cloud_routes(
                credentials, intake, Metrics(), BodyReader(), is_known=known.__contains__
            )
        )
        async with TestServer(app) as server, aiohttp.ClientSession() as http:
            yield WebhookEnv(database, server, http, credentials, row, notifier, known)
    await database.close()


@pytest.fixture
async def env(migrated_sqlite_url: str) -> AsyncIterator[WebhookEnv]:
    async with open_env(migrated_sqlite_url) as made:
        yield made


async def test_a_body_is_kept_item_by_item_once(migrated_url: str) -> None:
    async with open_env(migrated_url) as env:
        whole = webhook_bodies.build_body(
            build_value(
                messages=[said for said, _, _ in KINDS.values()],
                statuses=[webhook_bodies.build_status("sent")],
            )
        )
        for _ in range(2):
            assert await env.post(whole) == (200, "")
        rows = await env.rows()
        assert len(rows) == len({said["id"] for said, _, _ in KINDS.values()}) + 1
        assert {row.state for row in rows} == {InboxState.PENDING}
        assert {row.channel_id for row in rows} == {env.channel.id}


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Other": "1"},
        {"X-Hub-Signature-256": ""},
        {"X-Hub-Signature-256": "sha256="},
        {"X-Hub-Signature-256": "sha256=nothing"},
        {"X-Hub-Signature-256": "sha256=\u00fc\u00e4"},
        {"X-Hub-Signature-256": f"sha256={'0' * 64}"},
        {"X-Hub-Signature-256": sign_body(encode_body(build_messages_body()), "another-secret")},
        {
            "X-Hub-Signature-256": sign_body(encode_body(build_messages_body())).removeprefix(
                "sha256="
            )
        },
        {"X-Hub-Signature-256": sign_body(encode_body(build_messages_body()), "")},
        {"X-Hub-Signature": sign_body(encode_body(build_messages_body()))},
    ],
)
async def test_a_request_without_a_valid_signature_is_rejected(
    env: WebhookEnv, headers: dict[str, str]
) -> None:
    status, _ = await env.post(build_messages_body(), **headers)
    assert status == 401
    assert await env.rows() == []


async def test_the_signature_is_over_the_bytes_as_they_came(env: WebhookEnv) -> None:
    escaped = encode_body(
        build_messages_body(build_message("text", {"body": "\u00e4 \U0001f600 a/b"}))
    )
    assert b"\\u00e4" in escaped
    assert b"a\\/b" in escaped
    assert (await env.post(escaped))[0] == 200
    changed = escaped.replace(b"\\/", b"/")
    assert (await env.post(changed, **{"X-Hub-Signature-256": sign_body(escaped)}))[0] == 401
    upper = sign_body(escaped).removeprefix("sha256=").upper()
    assert (await env.post(escaped, **{"X-Hub-Signature-256": f"sha256={upper}"}))[0] == 200


@pytest.mark.parametrize(
    "junk",
    [b"", b"{", b"[" * 50_000, b"\xff\x00", b"null", b"[]", b'{"entry": 5}', b'{"a":"\\ud800"}'],
)
async def test_signed_junk_is_kept_and_answered_200(env: WebhookEnv, junk: bytes) -> None:
    assert (await env.post(junk))[0] == 200
    [row] = await env.rows()
    assert "unreadable" in row.payload


async def test_a_body_that_is_too_large_is_refused(env: WebhookEnv) -> None:
    large = encode_body(build_messages_body(build_message("text", {"body": "x" * LARGEST})))
    assert (await env.post(large))[0] == 413
    assert await env.rows() == []


async def test_one_apps_address_serves_all_of_its_numbers_and_no_other_apps(
    env: WebhookEnv,
) -> None:
    sister = await env.add("2", SECRET)
    await env.add("3", "another-secret")
    three = [
        {**build_value(messages=[build_message("text", id=n)]), "metadata": {"phone_number_id": n}}
        for n in "123"
    ]
    assert (await env.post(webhook_bodies.build_body(*three)))[0] == 200
    rows = {row.provider_id: row.channel_id for row in await env.rows()}
    # The addressed channel parks items of an unknown number, and of one whose app did not sign.
    assert rows == {"1": env.channel.id, "2": sister, "3": env.channel.id}


async def test_events_of_an_account_go_to_a_channel_in_it(env: WebhookEnv) -> None:
    sister = await env.add("2", SECRET)
    env.credentials[sister] = {**env.credentials[sister], "waba_id": "1022"}
    env.credentials[env.channel.id] = {**env.credentials[env.channel.id], "waba_id": "7"}
    news = webhook_bodies.build_body({"event": "APPROVED"}, field="message_template_status_update")
    assert (await env.post(news))[0] == 200
    other = {"entry": [{**news["entry"][0], "id": "nobody's"}]}
    assert (await env.post(other))[0] == 200
    assert [row.channel_id for row in await env.rows()] == [sister, env.channel.id]


async def test_a_channel_that_is_not_served_is_waited_for(env: WebhookEnv) -> None:
    off = await env.add("2", SECRET, served=False)
    theirs = {
        **build_value(messages=[build_message("text", id="2")]),
        "metadata": {"phone_number_id": "2"},
    }
    assert (await env.post(webhook_bodies.build_body(theirs), to=off))[0] == 503
    assert (await env.post(build_messages_body(), to="nobody"))[0] == 503
    assert (await env.post(build_messages_body(), to=off, **{"X-Hub-Signature-256": "sha256=00"}))[
        0
    ] == 503
    assert (await env.post(build_messages_body(), to=off, **{"X-Other": "1"}))[0] == 401
    assert await env.rows() == []
    # Items of a served number need not wait for the channel of the address.
    assert (await env.post(build_messages_body(build_message("text", id="1")), to=off))[0] == 200
    assert [row.channel_id for row in await env.rows()] == [env.channel.id]


async def test_the_handshake(env: WebhookEnv) -> None:
    right = {"hub_mode": "subscribe", "hub_verify_token": VERIFY, "hub_challenge": "115<b>"}
    assert await env.ask(**right) == (200, "115<b>")
    for wrong in (
        {"hub_verify_token": "x"},
        {"hub_verify_token": ""},
        {"hub_verify_token": "\u00fc"},
        {"hub_mode": "unsubscribe"},
    ):
        assert (await env.ask(**{**right, **wrong}))[0] == 403
    env.credentials[env.channel.id] = {"app_secret": SECRET}
    assert (await env.ask(**{**right, "hub_verify_token": ""}))[0] == 403


async def test_what_could_not_be_committed_is_answered_so_that_meta_tries_again(
    env: WebhookEnv, migrated_sqlite_url: str
) -> None:
    somebody = sqlite3.connect(migrated_sqlite_url.partition("///")[2], isolation_level=None)
    somebody.execute("ALTER TABLE inbox RENAME TO away")
    assert (await env.post(build_messages_body(build_message("text"))))[0] == 503
    somebody.execute("ALTER TABLE away RENAME TO inbox")
    somebody.close()
    assert (await env.post(build_messages_body(build_message("text"))))[0] == 200
    assert len(await env.rows()) == 1


async def test_what_cannot_be_handled_is_parked_with_its_reason_and_holds_nobody_up(
    env: WebhookEnv,
) -> None:
    foreign = {
        **build_value(messages=[build_message("text", id="f")]),
        "metadata": {"phone_number_id": "9"},
    }
    await env.post(
        webhook_bodies.build_body(
            foreign, build_value(messages=[build_message("text", {"body": "Hi"})])
        )
    )
    await env.post(b"{")
    served = ServedChannel.from_row(env.channel, enrols_members=False, traits=TRAITS)
    receivers: Any = {ChannelKind.WHATSAPP_CLOUD: CloudReceiver()}
    worker = Worker(
        env.database, UnitOfWorkFactory(Channels([served]), []), receivers, outbox_notifier=Signal()
    )
    running = asyncio.ensure_future(worker.run())

    async def all_settled() -> bool:
        return all(row.settled_at is not None for row in await env.rows())

    await eventually(all_settled, "every row settled")
    worker.stop()
    await running
    rows = await env.rows()
    assert {row.provider_id: row.state for row in rows if row.provider_id[0] != "n"} == {
        "f": InboxState.PARKED,
        "wamid.text": InboxState.DONE,
    }
    reasons = [row.error or "" for row in rows if row.state is InboxState.PARKED]
    assert [each.partition(":")[0] for each in reasons] == [
        "UnknownNumberError",
        "InvalidWebhookError",
    ]
    assert all(row.settled_at is not None and row.settled_at <= now_utc() for row in rows)


async def test_all_that_the_sandbox_tells_is_understood(env: WebhookEnv) -> None:
    """Check that what the sandbox's Graph API posts for its customers, signed, becomes messages."""
    async with serve() as running, GraphSandbox(running.url) as graph:
        number = await graph.add_number(
            "15550783881",
            token="EAAtoken",
            app_secret=SECRET,
            webhook=str(env.server.make_url(f"/whatsapp/{env.channel.id}")),
            verify_token=VERIFY,
        )
        own = {**env.credentials[env.channel.id], "phone_number_id": number["id"]}
        env.credentials[env.channel.id] = own
        ann = await graph.add_customer(
            "\u00c4nn", phone=webhook_bodies.PHONE, user_id=webhook_bodies.USER_ID
        )
        await graph.settings(delay=0, copies=2)
        said = await graph.says(ann, "*Hi*")
        await graph.sends_media(ann, "voice", b"OggS")
        await graph.edits(said, "Hello")
        await graph.reacts(said, "\U0001f44d")
        await graph.deletes(said)
        await graph.sends_unsupported(ann)
        await graph.writes_from_phone(ann, "We call you")
        await graph.change_customer(ann, phone="16505559999")
        await graph.says(ann, "From my new number", reply_to=said)
        assert await graph.wait_until_settled()
        assert {post["status"] for post in await graph.posts()} == {200}
    env.channel.external_id = number["id"]
    served = ServedChannel.from_row(env.channel, enrols_members=False, traits=TRAITS)
    rows = await env.rows()
    async with env.database.transaction() as tx:
        uow = UnitOfWork(tx, now_utc(), Channels([served]))
        waiting = [
            InboxRow(
                row.id or 0, row.lane, row.channel_id, row.provider_id, row.payload, 0, uow.now
            )
            for row in rows
        ]
        for handle in await CloudReceiver().prepare(uow, waiting):
            await handle()
        await uow.flush()
    async with env.database.transaction() as tx:
        kept = list((await tx.scalars(select(Message).order_by(Message.id))).all())
        [contact] = (await tx.scalars(select(Contact))).all()
    assert [each.message_type.value for each in kept] == ["TEXT", "VOICE", "OTHER", "TEXT", "TEXT"]
    assert (kept[0].message, kept[0].edited_at is not None) == ("Hello", True)
    assert kept[0].deleted_at is not None
    assert kept[4].reply_to_id == kept[0].id
    assert contact.external_id == "16505559999"
