"""Connection limits, tested over real sockets with short limits."""

import asyncio
import gzip
import resource
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from api.http.graceful_shutdown import GracefulShutdown
from scripts.application.file_limits import get_max_connections, raise_open_files_limit
from scripts.application.http_connection import ConnectionLimits
from scripts.application.http_server import HttpServer
from tests.flows.eventually import eventually
from tests.patience import PATIENCE

LITTLE = ConnectionLimits(head_timeout=0.5, idle_timeout=1.0)
WHOLE = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def hello(_request: web.Request) -> web.Response:
    return web.Response(text="hello")


async def echo(request: web.Request) -> web.Response:
    return web.Response(text=str(len(await request.read())))


@asynccontextmanager
async def open_server(
    more: Sequence[web.RouteDef] = (), **chosen: object
) -> AsyncIterator[Callable[[], Awaitable[Streams]]]:
    """Run a server with two pages; yield a function that connects to it."""
    app = web.Application(client_max_size=10**7)
    app.add_routes([web.get("/", hello), web.post("/", echo), *more])
    server = HttpServer(app, GracefulShutdown(), "127.0.0.1", 0, **{"limits": LITTLE, **chosen})  # type: ignore[arg-type]
    port = int((await server.start()).rpartition(":")[2])

    writers = []

    async def connect() -> Streams:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writers.append(writer)
        return reader, writer

    try:
        yield connect
    finally:
        for each in writers:
            each.close()
        await server.close()


async def all_of(reader: asyncio.StreamReader) -> bytes:
    return await asyncio.wait_for(reader.read(), PATIENCE)


@pytest.mark.parametrize("before", [b"", WHOLE], ids=["first", "a later one"])
async def test_a_head_that_does_not_end_is_ended(before: bytes) -> None:
    async with open_server() as connect:
        reader, writer = await connect()
        writer.write(before)
        if before:
            await reader.readuntil(b"hello")
        writer.write(b"GET / HTTP/1.1\r\n")
        assert (await all_of(reader)).startswith(b"HTTP/1.1 408 ")


async def test_a_byte_now_and_then_does_not_help() -> None:
    async with open_server() as connect:
        reader, writer = await connect()
        writer.write(b"GET / HTTP/1.1\r\n")

        async def drip() -> None:
            while not reader.at_eof() and reader.exception() is None:
                writer.write(b"X: y\r\n")
                await asyncio.sleep(0.05)

        await asyncio.wait_for(drip(), PATIENCE)


async def test_who_says_nothing_is_not_waited_for_for_ever() -> None:
    async with open_server() as connect:
        reader, _ = await connect()
        assert await all_of(reader) == b""


@pytest.mark.parametrize("pieces", [1, 20])
async def test_a_head_larger_than_heads_are_is_not_kept(pieces: int) -> None:
    async with open_server(limits=ConnectionLimits(max_head_bytes=4096)) as connect:
        reader, writer = await connect()
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n")
        for number in range(pieces):
            writer.write(b"X%d: %s\r\n" % (number, b"y" * (3800 // pieces)))
            await asyncio.sleep(0.005)
        writer.write(b"X: %s\r\n" % (b"y" * 400))
        assert (await all_of(reader)).startswith(b"HTTP/1.1 431 ")


async def test_bodies_have_neither_limit_of_heads() -> None:
    async with open_server(
        limits=ConnectionLimits(head_timeout=0.3, max_head_bytes=4096)
    ) as connect:
        reader, writer = await connect()
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n")
        for _ in range(10):
            await asyncio.sleep(0.1)
            writer.write(b"x" * 10_000)
        assert (await reader.readuntil(b"100000")).startswith(b"HTTP/1.1 200 ")
        # And the next request is no part of that body.
        writer.write(WHOLE)
        assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200 ")


async def test_what_is_compressed_is_not_unpacked() -> None:
    bomb = gzip.compress(b"x" * 50_000_000)
    async with open_server() as connect:
        reader, writer = await connect()
        head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
        writer.write(head % len(bomb) + bomb)
        assert (await reader.readuntil(b"%d" % len(bomb))).startswith(b"HTTP/1.1 200 ")


async def test_a_head_in_pieces_is_a_head() -> None:
    async with open_server(limits=ConnectionLimits()) as connect:
        reader, writer = await connect()
        for _ in range(3):
            for piece in (WHOLE[:5], WHOLE[5:20], WHOLE[20:]):
                writer.write(piece)
                await asyncio.sleep(0.05)
            assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200 ")


async def test_beyond_so_many_connections_others_are_turned_away() -> None:
    async with open_server(max_connections=3, limits=ConnectionLimits()) as connect:
        inside = [await connect() for _ in range(3)]
        for reader, writer in inside:
            writer.write(WHOLE)
            await reader.readuntil(b"hello")
        reader, writer = await connect()
        writer.write(WHOLE)
        assert (await all_of(reader)).startswith(b"HTTP/1.1 503 ")
        inside[0][1].close()
        await inside[0][1].wait_closed()

        async def let_in() -> bool:
            reader, writer = await connect()
            writer.write(WHOLE)
            return b"hello" in await reader.read(1000)

        await eventually(let_in, "somebody is let in for the one who left")


async def test_who_takes_nothing_is_left() -> None:
    done = asyncio.Event()

    async def flood(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b"x" * 65_536)
        finally:
            done.set()

    little = ConnectionLimits(stall_timeout=0.5)
    async with open_server(limits=little, more=[web.get("/flood", flood)]) as connect:
        _, writer = await connect()
        assert isinstance(writer.transport, asyncio.Transport)
        writer.transport.pause_reading()
        writer.write(b"GET /flood HTTP/1.1\r\nHost: x\r\n\r\n")
        await asyncio.wait_for(done.wait(), PATIENCE)


async def test_who_takes_it_slowly_gets_it_all() -> None:
    async def much(_request: web.Request) -> web.Response:
        return web.Response(body=b"x" * 20_000_000)

    async with open_server(
        limits=ConnectionLimits(stall_timeout=5.0), more=[web.get("/much", much)]
    ) as connect:
        reader, writer = await connect()
        writer.write(b"GET /much HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        size = 0
        while piece := await reader.read(500_000):
            size += len(piece)
            await asyncio.sleep(0.15)  # the whole answer takes longer than the stall timeout
        assert size > 20_000_000


def test_clients_leave_us_files_of_our_own() -> None:
    raise_open_files_limit()
    allowed, max_connections = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert allowed == max_connections or allowed >= 16_384
    assert 0 < get_max_connections() < allowed


@pytest.mark.parametrize(
    "line",
    [
        b"Authorization: Bearer not-for-the-log\x00",
        b"Authorization : Bearer not-for-the-log",
        b"Authorization: Bearer not-for-the-log" + b"x" * 9000,
    ],
    ids=["a NUL", "a blank", "too long"],
)
async def test_neither_log_nor_answer_repeats_what_is_malformed(line: bytes) -> None:
    async with open_server() as connect:
        reader, writer = await connect()
        with capture_logs() as said:
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n" + line + b"\r\n\r\n")
            answer = await all_of(reader)
    assert answer.split(b" ", 2)[1] == b"400"
    assert b"urn:osmodesk:problem:bad-request" in answer
    assert b"aiohttp" not in answer
    [told] = [each for each in said if each["event"] == "http.malformed"]
    assert told["request_id"].encode() in answer
    assert "not-for-the-log" not in str(said) + answer.decode()
