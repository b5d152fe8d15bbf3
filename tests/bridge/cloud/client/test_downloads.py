"""Tests of downloads from Meta: checked, asked for again, without revealing the token."""

import base64
import hashlib
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bridge.cloud.client.downloads import MediaDownloader
from bridge.cloud.client.graph_client import GraphClient
from desk.media.errors import FileGoneError, FileUnavailableError, MediaError
from desk.urls.origins import parse_origin, require_allowed_origin
from tests.bridge.cloud.cloud_env import TOKEN, CloudEnv

DATA = b"x" * 200_000
SHA = base64.b64encode(hashlib.sha256(DATA).digest()).decode()


async def fetched(downloads: MediaDownloader | CloudEnv, file_id: str) -> bytes:
    way = downloads.sender if isinstance(downloads, CloudEnv) else downloads
    return b"".join([piece async for piece in way.download(file_id)])


async def test_what_a_customer_sent(env: CloudEnv) -> None:
    said = await env.graph.sends_media(env.ann, "document", DATA, mime="application/pdf")
    assert await fetched(env, said["content"]["id"]) == DATA
    assert [call["call"] for call in await env.graph.calls()] == ["resolve", "download"]


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        ("download", {"status": 404}),
        ("resolve", {"code": 100, "subcode": 33, "status": 400}),
        ("resolve", {"code": 100, "status": 404}),
    ],
)
async def test_what_has_expired_is_asked_for_once_again(
    env: CloudEnv, call: str, fault: dict[str, int]
) -> None:
    said = await env.graph.sends_media(env.ann, "image", DATA)
    await env.graph.fail(call, **fault)
    assert await fetched(env, said["content"]["id"]) == DATA
    await env.graph.fail(call, times=2, **fault)
    with pytest.raises(FileGoneError):
        await fetched(env, said["content"]["id"])


async def test_a_file_that_is_no_more(env: CloudEnv) -> None:
    said = await env.graph.sends_media(env.ann, "image", DATA)
    await env.graph.advance(8 * 86_400)
    with pytest.raises(FileGoneError):
        await fetched(env, said["content"]["id"])
    for odd in ("", "../me", "1/2", "a b", "x" * 200):
        with pytest.raises(FileGoneError):
            await fetched(env, odd)


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        ("resolve", {"kind": "drop_after", "times": 2}),
        ("resolve", {"kind": "html"}),
        ("resolve", {"code": 190, "status": 401}),
        ("download", {"kind": "drop_after", "times": 2}),
        ("download", {"status": 500}),
    ],
)
async def test_what_may_be_had_later(  # dropped twice, because aiohttp itself retries once
    env: CloudEnv, call: str, fault: dict[str, object]
) -> None:
    said = await env.graph.sends_media(env.ann, "image", DATA)
    await env.graph.fail(call, **fault)
    with pytest.raises(FileUnavailableError):
        await fetched(env, said["content"]["id"])


@dataclass
class Meta:
    """A Graph API with responses that a test chooses."""

    url: str = ""
    file_url: str = ""
    sha256: str = SHA
    redirect: str = ""
    asked: list[str] = field(default_factory=list)

    async def resolve(self, request: web.Request) -> web.Response:
        return web.json_response({"url": self.file_url, "sha256": self.sha256, "id": "1"})

    async def file(self, request: web.Request) -> web.Response:
        self.asked.append(request.headers.get("Authorization", ""))
        if self.redirect:
            return web.Response(status=302, headers={"Location": self.redirect})
        return web.Response(body=DATA)


@asynccontextmanager
async def metas() -> AsyncIterator[Meta]:
    meta, app = Meta(), web.Application()
    app.router.add_get("/v23.0/1", meta.resolve)
    app.router.add_get("/file", meta.file)
    async with TestServer(app, host="127.0.0.1") as server:
        meta.url = f"http://127.0.0.1:{server.port}"
        meta.file_url = f"{meta.url}/file?hash=A%2Bb"
        yield meta


@asynccontextmanager
async def downloads(meta: Meta) -> AsyncIterator[MediaDownloader]:
    graph = GraphClient(meta.url, TOKEN, "5")
    yield MediaDownloader(graph)
    await graph.close()


async def test_the_hash_is_checked_in_both_spellings() -> None:
    async with metas() as meta, downloads(meta) as way:
        assert await fetched(way, "1") == DATA
        meta.sha256 = hashlib.sha256(DATA).hexdigest()
        assert await fetched(way, "1") == DATA
        meta.sha256 = base64.b64encode(b"another").decode()
        with pytest.raises(FileUnavailableError, match="do not match"):
            await fetched(way, "1")


async def test_the_token_goes_nowhere_else() -> None:
    async with metas() as meta, metas() as other, downloads(meta) as way:
        port = other.url.rpartition(":")[2]
        for foreign in (
            other.file_url,
            f"http://localhost:{port}/file",
            f"http://127.0.0.1:{port}@{meta.url.removeprefix('http://')}/file",
            f"{meta.url.replace('http', 'https')}/file",
            "https://lookaside.fbsbx.com.evil.example/file",
            "https://evilfbcdn.net/file",
            "http://lookaside.fbsbx.com/file",
            "file:///etc/passwd",
            f"{meta.url}/file\r\nX: y",
            "",
        ):
            meta.file_url = foreign
            with pytest.raises(FileGoneError, match="not followed") as failed:
                await fetched(way, "1")
            assert TOKEN not in "".join(traceback.format_exception(failed.value))
        meta.file_url, meta.redirect = f"{meta.url}/file", other.file_url
        with pytest.raises(MediaError):
            await fetched(way, "1")
        assert other.asked == []
        assert set(meta.asked) == {f"Bearer {TOKEN}"}


@pytest.mark.parametrize(
    "url",
    ["https://lookaside.fbsbx.com/whatsapp?mid=1", "https://scontent.xx.fbcdn.net/a?b=c%2Fd"],
)
def test_metas_own_hosts_may_have_it(url: str) -> None:
    allowed = GraphClient("https://graph.facebook.com", TOKEN, "5")._list_allowed_origins(url)
    assert require_allowed_origin(url, allowed) == url
    for other in (url.replace("https", "http"), url.replace(".net", ".net:8443")):
        if other != url:
            assert parse_origin(other) not in GraphClient(
                "https://x.example", TOKEN, "5"
            )._list_allowed_origins(other)
