"""Tests that downloads go only to the allowed servers, and so do the credentials."""

import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bridge.file_download import download_file
from desk.media.errors import FileGoneError, FileUnavailableError, MediaError
from desk.urls.origins import parse_origin

KEY = "Bearer EAAsecret"
SIGNED = "hash=0123"


@dataclass
class Server:
    """A server that returns files or redirects, and records the key of each request."""

    url: str = ""
    elsewhere: str = ""
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.path_qs, request.headers.get("Authorization")))
        match request.path:
            case "/file":
                return web.Response(body=b"x" * 200_000)
            case "/moved":
                return web.Response(status=302, headers={"Location": "/file?x=A%2Bb"})
            case "/round":
                return web.Response(status=307, headers={"Location": "/round"})
            case "/astray":
                return web.Response(status=302, headers={"Location": f"{self.elsewhere}/file"})
            case "/scheme":
                return web.Response(status=302, headers={"Location": "file:///etc/passwd"})
            case "/broken":
                return web.Response(status=302, headers={"Location": "http://[::1"})
            case "/nowhere":
                return web.Response(status=302)
            case "/busy":
                return web.Response(status=503)
            case "/cut":
                return await _cut(request)
        return web.Response(status=404)


async def _cut(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "200000"})
    await response.prepare(request)
    await response.write(b"x" * 1000)
    assert request.transport is not None
    request.transport.abort()
    return response


@asynccontextmanager
async def serving() -> AsyncIterator[Server]:
    made, app = Server(), web.Application()
    app.router.add_get("/{path:.*}", made.answer)
    async with TestServer(app) as server:
        made.url = f"http://127.0.0.1:{server.port}"
        yield made


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as made:
        yield made


async def fetch(url: str, *allowed: Server) -> bytes:
    origins = [parse_origin(each.url) for each in allowed]
    headers = {"Authorization": KEY}
    async with aiohttp.ClientSession() as http:
        pieces = download_file(http, url, allowed=origins, headers=headers)
        return b"".join([piece async for piece in pieces])


async def test_a_file_comes_in_pieces_with_the_key(server: Server) -> None:
    assert await fetch(f"{server.url}/file?mid=1&hash=A%2Bb", server) == b"x" * 200_000
    assert server.asked == [("/file?mid=1&hash=A%2Bb", KEY)]


async def test_a_redirection_within_is_followed(server: Server) -> None:
    assert await fetch(f"{server.url}/moved", server) == b"x" * 200_000
    assert [path for path, _ in server.asked] == ["/moved", "/file?x=A%2Bb"]


@pytest.mark.parametrize("path", ["/astray", "/scheme", "/broken", "/nowhere", "/round"])
async def test_a_redirection_elsewhere_is_not(server: Server, path: str) -> None:
    async with serving() as other:
        server.elsewhere = other.url
        with pytest.raises(MediaError):
            await fetch(f"{server.url}{path}", server)
        assert other.asked == []
    assert len(server.asked) <= 4


async def test_a_link_to_somebody_else_is_not_even_asked_for(server: Server) -> None:
    async with serving() as other:
        for url in (other.url, other.url.replace("127.0.0.1", "localhost"), "file:///etc/passwd"):
            with pytest.raises(FileGoneError):
                await fetch(f"{url}/file", server)
        assert other.asked == []
    assert server.asked == []


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/none", FileGoneError), ("/busy", FileUnavailableError), ("/cut", FileUnavailableError)],
)
async def test_what_fails_says_so_without_the_link_and_the_key(
    server: Server, path: str, kind: type[MediaError]
) -> None:
    with pytest.raises(kind) as failed:
        await fetch(f"{server.url}{path}?{SIGNED}", server)
    printed = "".join(traceback.format_exception(failed.value)) + repr(failed.value)
    assert SIGNED not in printed
    assert KEY not in printed


async def test_a_server_that_is_not_there() -> None:
    gone = Server(url="http://127.0.0.1:1")
    with pytest.raises(FileUnavailableError):
        await fetch("http://127.0.0.1:1/file", gone)
