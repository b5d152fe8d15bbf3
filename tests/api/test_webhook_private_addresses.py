"""No webhook reaches a private network, whatever its address looks like."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator

import pytest

from api.webhooks.http_client import WebhookHttpClient
from desk.urls.private import is_public
from tests.patience import PATIENCE

PRIVATE = [
    "127.0.0.1",
    "127.8.9.1",
    "0.0.0.0",  # noqa: S104 as an address to be refused
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.9",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd12:3456::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:c0a8:101::1",
    "2001:0:7f00:1::f5ff:fffe",
    "not an address",
    "",
]
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "2606:4700:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_private(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address: str) -> None:
    assert is_public(address)


@pytest.fixture
async def ours() -> AsyncIterator[tuple[int, list[str]]]:
    """Serve in a private network; yield the port and the connections."""
    came: list[str] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(str(writer.get_extra_info("peername")))
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], came


NAMES = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "localhost",
    "0.0.0.0",  # noqa: S104 as an address to be refused
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
]


@pytest.mark.parametrize("name", NAMES)
async def test_nothing_is_connected_to_whatever_the_name(
    ours: tuple[int, list[str]], name: str
) -> None:
    port, came = ours
    poster = WebhookHttpClient()
    try:
        answer = await poster.post(f"http://{name}:{port}/", {}, b"{}")
    finally:
        await poster.close()
    assert answer.status is None
    assert answer.error
    # Where possible, the name is refused before a DNS lookup.
    assert "private address" in answer.error or "not a canonical IPv4" in answer.error
    assert came == []


async def test_where_it_is_allowed_it_is_connected_to(ours: tuple[int, list[str]]) -> None:
    port, came = ours
    poster = WebhookHttpClient(allow_private=True)
    try:
        answer = await poster.post(f"http://127.0.0.1:{port}/", {"x": "y"}, b"{}")
    finally:
        await poster.close()
    assert (answer.status, answer.error, len(came)) == (200, None, 1)


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 999999 X\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000,
        b"\xff\xfe\x00" * 100,
    ],
)
async def test_a_receiver_that_talks_nonsense_is_an_error_and_nothing_more(reply: bytes) -> None:
    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(reply)
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    poster = WebhookHttpClient(allow_private=True)
    async with server:
        port = server.sockets[0].getsockname()[1]
        answer = await poster.post(f"http://127.0.0.1:{port}/", {}, b"{}")
    await poster.close()
    assert answer.status is None
    assert answer.error


async def test_a_receiver_that_never_answers_is_left(ours: tuple[int, list[str]]) -> None:
    never = asyncio.Event()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await never.wait()
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    poster = WebhookHttpClient(allow_private=True, seconds=0.3)
    async with server:
        port = server.sockets[0].getsockname()[1]
        answer = await poster.post(f"http://127.0.0.1:{port}/", {}, b"{}")
        never.set()
    await poster.close()
    assert answer.error == "no answer within 0.3 seconds"


async def test_a_name_that_nobody_knows_is_an_error_like_any_other() -> None:
    poster = WebhookHttpClient()
    try:
        for name in ("nobody.invalid", "x" * 64 + ".invalid", "xn--.invalid", "a..b"):
            answer = await poster.post(f"https://{name}/", {}, b"{}")
            assert answer.status is None, name
            assert answer.error, name
    finally:
        await poster.close()


async def test_names_that_nobody_answers_for_hold_nobody_else_up(
    ours: tuple[int, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many lookups hang as webhooks may exist; another one, and the loop's own, still work."""
    port, came = ours
    asks, over = socket.getaddrinfo, threading.Event()

    def hangs(host: str, *more: object, **named: object) -> object:
        if host.endswith(".slow"):
            over.wait(PATIENCE)
        return asks("localhost" if host.endswith(".slow") else host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", hangs)
    poster, slow = (
        WebhookHttpClient(allow_private=True),
        WebhookHttpClient(allow_private=True, seconds=0.5),
    )
    try:
        hanging = asyncio.gather(
            *(slow.post(f"http://n{number}.slow:1/", {}, b"{}") for number in range(60))
        )
        await asyncio.sleep(0)
        answer = await poster.post(f"http://localhost:{port}/", {}, b"{}")
        assert (answer.status, len(came)) == (200, 1)
        assert await asyncio.get_running_loop().getaddrinfo("localhost", port)
        assert {each.error for each in await hanging} == {"no answer within 0.5 seconds"}
    finally:
        over.set()
        await poster.close()
        await slow.close()
