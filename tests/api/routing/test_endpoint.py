"""The steps between a request and its handler, tested with routes of the tests' own."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientPayloadError, web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from api.access.caller import Caller
from api.access.permissions import AccessRule
from api.app import build_api
from api.errors.problems import Conflict
from api.routing.context import ApiContext
from api.routing.route import Route
from api.routing.transactions import Transactions
from api.schemas.base import RequestBody, ResponseModel
from db.database import Database
from db.ids import ChannelId, UserId
from db.tables import Channel, ChannelKind
from db.tables.base import now_utc
from desk.accounts.file_links import FileLinks
from desk.accounts.log_ins import LogIns
from desk.channels import Channels
from desk.cluster.wake import Signal
from desk.limits.body_reader import BodyReader
from desk.unit_of_work import UnitOfWork
from desk.unit_of_work_factory import UnitOfWorkFactory

Client = TestClient[web.Request, web.Application]


class Word(RequestBody):
    word: str = "x"


class WordReply(ResponseModel):
    word: str


class FakeNotifier(Signal):
    rung = 0

    def notify(self) -> None:
        self.rung += 1


@asynccontextmanager
async def serving(
    database: Database,
    routes: Sequence[Route],
    *,
    notifier: FakeNotifier | None = None,
    seconds: float = 20,
) -> AsyncIterator[Client]:
    transactions = Transactions(
        database, UnitOfWorkFactory(Channels(), []), notifier or FakeNotifier()
    )
    services = {LogIns: LogIns("j" * 40), FileLinks: FileLinks.from_secrets("j" * 40)}
    bodies = BodyReader(seconds=seconds)
    context = ApiContext(transactions, services=services, anonymous_bodies=bodies)
    async with TestClient(TestServer(build_api(context, routes))) as client:
        yield client


def post(handler: Any, **more: Any) -> Route:
    return Route("POST", "/word", handler, "Say a word", access=AccessRule.ANYONE, **more)


async def echo(body: Word) -> WordReply:
    return WordReply(word=body.word)


async def asked(client: Client, **body: Any) -> tuple[int, Any]:
    async with client.post("/word", json=body) as reply:
        return reply.status, await reply.json() if reply.status != 204 else None


async def test_a_body_that_does_not_come_in_time(database: Database) -> None:
    async def slowly() -> AsyncIterator[bytes]:
        yield b'{"word":'
        await asyncio.sleep(60)

    async with serving(database, [post(echo)], seconds=0.1) as client:
        headers = {"Content-Type": "application/json"}
        async with client.post("/word", data=slowly(), headers=headers) as reply:
            assert reply.status == 408
            assert (await reply.json())["type"].endswith(":too-slow")
            assert reply.headers["Connection"] == "close"


async def test_a_client_that_goes_away_in_the_middle_hurts_nobody(database: Database) -> None:
    async with serving(database, [post(echo)]) as client:
        _, writer = await asyncio.open_connection("127.0.0.1", client.port)
        writer.write(
            b"POST /word HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Content-Length: 100\r\n\r\n{"
        )
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        assert await asked(client, word="here") == (200, {"word": "here"})


async def test_the_limit_of_a_body_is_the_routes(database: Database) -> None:
    async with serving(database, [post(echo, max_bytes=100)]) as client:
        assert (await asked(client, word="x" * 80))[0] == 200
        assert (await asked(client, word="x" * 100))[0] == 413


async def test_a_fault_of_ours_tells_nothing_but_its_id(database: Database) -> None:
    async def fails() -> None:
        raise RuntimeError("the secret is hunter2")

    async with serving(database, [post(fails)]) as client:
        status, body = await asked(client)
        assert status == 500
        assert body["type"] == "urn:osmodesk:problem:broken"
        assert "hunter2" not in str(body)
        assert len(body["request_id"]) == 26


async def test_what_takes_too_long_is_answered_503(database: Database) -> None:
    async def hangs() -> None:
        raise TimeoutError

    async with serving(database, [post(hangs)]) as client, client.post("/word") as reply:
        assert reply.status == 503
        assert int(reply.headers["Retry-After"]) >= 1


async def test_an_error_undoes_the_transaction_and_rings_nothing(database: Database) -> None:
    notifier = FakeNotifier()

    async def writes(uow: UnitOfWork, body: Word) -> None:
        await uow.tx.execute(text("INSERT INTO rate_limit_usage (owner, calls) VALUES ('x', '{}')"))
        if body.word == "fail":
            raise Conflict("no")

    route = post(writes, status=204)
    count = text("SELECT count(*) FROM rate_limit_usage")
    async with serving(database, [route], notifier=notifier) as client:
        assert (await asked(client, word="fail"))[0] == 409
        async with database.transaction() as tx:
            assert await tx.scalar(count) == 0
        assert await asked(client) == (204, None)
        async with database.transaction() as tx:
            assert await tx.scalar(count) == 1
    assert notifier.rung == 0


async def test_who_delivers_is_woken_once_it_is_committed(database: Database) -> None:
    notifier = FakeNotifier()
    seen: list[int] = []

    async def tells(uow: UnitOfWork, body: Word) -> None:
        uow.tx.add(
            Channel(id=ChannelId("c"), kind=ChannelKind.TELEGRAM, external_id="1", name="Bot")
        )
        await uow.tx.flush()
        uow.enqueue_for_chat(ChannelId("c"), "7", body.word)
        seen.append(notifier.rung)

    async with serving(database, [post(tells, status=204)], notifier=notifier) as client:
        assert await asked(client) == (204, None)
    assert (seen, notifier.rung) == ([0], 1)
    async with database.transaction() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM outbox")) == 1


async def test_a_transaction_that_loses_is_done_again(database: Database) -> None:
    tries: list[int] = []

    async def loses(uow: UnitOfWork) -> WordReply:
        tries.append(1)
        await uow.tx.execute(text("INSERT INTO rate_limit_usage (owner, calls) VALUES ('x', '{}')"))
        if len(tries) < 3:
            raise OperationalError("x", None, Exception(1213, "Deadlock found"))
        return WordReply(word="done")

    async with serving(database, [post(loses)]) as client:
        assert await asked(client) == (200, {"word": "done"})
    assert len(tries) == 3
    async with database.transaction() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM rate_limit_usage")) == 1


async def test_a_row_that_is_there_already_is_a_conflict(database: Database) -> None:
    async def writes(uow: UnitOfWork) -> None:
        await uow.tx.execute(text("INSERT INTO rate_limit_usage (owner, calls) VALUES ('x', '{}')"))

    async with serving(database, [post(writes, status=204)]) as client:
        assert await asked(client) == (204, None)
        assert (await asked(client))[0] == 409


async def test_a_value_that_cannot_be_kept_is_no_fault_of_ours(database: Database) -> None:
    async def writes(uow: UnitOfWork) -> None:
        statement = (
            "INSERT INTO users (id, name, email, password_hash, role, is_active, token_version,"
            " has_seeded_password, created_at, updated_at)"
            " VALUES ('1', 'x', 'x', 'x', 'ROOT', 1, 0, 0, '2026-01-01', '2026-01-01')"
        )
        await uow.tx.execute(text(statement))

    async with serving(database, [post(writes, status=204)]) as client:
        assert (await asked(client))[0] in {409, 422}


async def test_handlers_begin_their_own_transactions(database: Database) -> None:
    async def twice(within: Transactions) -> WordReply:
        async def one(uow: UnitOfWork) -> str:
            return str(uow.now <= now_utc())

        return WordReply(word=await within.run(one) + await within.run(one))

    async with serving(database, [post(twice)]) as client:
        assert await asked(client) == (200, {"word": "TrueTrue"})


async def no_annotation(body) -> None:  # type: ignore[no-untyped-def]
    """Do nothing."""


async def no_reply(body: Word) -> dict[str, str]:
    return {"word": body.word}


async def nobody_gives(notifier: FakeNotifier) -> None:
    notifier.notify()


async def no_such_placeholder(user_id: UserId) -> None:
    _ = user_id


async def needs_caller(caller: Caller) -> None:
    _ = caller


@pytest.mark.parametrize(
    "route",
    [
        post(no_annotation),
        post(no_reply),
        post(nobody_gives),
        post(no_such_placeholder),
        post(needs_caller),
        Route("GET", "/word/{user_id}", echo, "x"),
    ],
    ids=lambda route: route.handler.__name__,
)
async def test_a_row_that_its_handler_does_not_fit_stops_the_start(
    database: Database, route: Route
) -> None:
    with pytest.raises(TypeError, match=route.name):
        async with serving(database, [route]):
            pass


async def test_a_stream_that_breaks_off_is_not_followed_by_another_answer(
    database: Database,
) -> None:
    async def breaks(request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse()
        await stream.prepare(request)
        await stream.write(b"half of it")
        raise RuntimeError("the provider is away")

    route = Route(
        "GET", "/word", breaks, "x", access=AccessRule.ANYONE, stream_types=("text/plain",)
    )
    async with serving(database, [route, post(echo)]) as client:
        async with client.get("/word") as reply:
            assert reply.status == 200
            assert len(reply.headers["X-Request-Id"]) == 26
            with pytest.raises(ClientPayloadError):
                await reply.read()
        assert await asked(client, word="here") == (200, {"word": "here"})
