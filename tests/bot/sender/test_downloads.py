"""Tests of downloads, and that no error contains the token in the file's URL."""

import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.bot_factory import make_bot
from bot.sender.downloads import MediaDownloader
from desk.media.errors import FileGoneError, FileUnavailableError, MediaError

SECRET = "A" * 35
TOKEN = f"123456:{SECRET}"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def get_file(_: web.Request) -> web.Response:
    result = {"file_id": "x", "file_unique_id": "y", "file_path": "documents/file 1.bin"}
    return web.json_response({"ok": True, "result": result})


@asynccontextmanager
async def telegram(handler: Handler) -> AsyncIterator[MediaDownloader]:
    """Serve a Bot API that returns files with this handler."""
    app = web.Application()
    app.router.add_post(f"/bot{TOKEN}/getFile", get_file)
    app.router.add_get(f"/file/bot{TOKEN}/documents/file 1.bin", handler)
    async with TestServer(app) as server:
        bot = make_bot(TOKEN, str(server.make_url("/")))
        try:
            yield MediaDownloader(bot)
        finally:
            await bot.session.close()


async def fetched(downloads: MediaDownloader) -> bytes:
    return b"".join([piece async for piece in downloads.download("x")])


async def whole(_: web.Request) -> web.Response:
    return web.Response(body=b"x" * 200_000)


async def gone(_: web.Request) -> web.Response:
    return web.json_response({"ok": False, "error_code": 404}, status=404)


async def failing(_: web.Request) -> web.Response:
    return web.Response(text="<html>Bad Gateway", status=502)


async def cut(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "200000"})
    await response.prepare(request)
    await response.write(b"x" * 1000)
    assert request.transport is not None
    request.transport.abort()
    return response


async def astray(_: web.Request) -> web.Response:
    return web.Response(status=302, headers={"Location": "http://127.0.0.1:1/nowhere"})


async def test_a_file_comes_in_pieces() -> None:
    async with telegram(whole) as downloads:
        assert await fetched(downloads) == b"x" * 200_000


@pytest.mark.parametrize(
    ("handler", "kind"),
    [
        (gone, FileGoneError),
        (failing, FileUnavailableError),
        (cut, FileUnavailableError),
        (astray, FileUnavailableError),
    ],
)
async def test_what_fails_says_so_without_the_address(
    handler: Handler, kind: type[MediaError]
) -> None:
    async with telegram(handler) as downloads:
        with pytest.raises(kind) as failed:
            await fetched(downloads)
    # As a log would print it, with all causes of the error.
    printed = "".join(traceback.format_exception(failed.value)) + repr(failed.value)
    assert SECRET not in printed
    assert failed.value.__context__ is None


async def test_a_telegram_that_is_not_there() -> None:
    bot = make_bot(TOKEN, "http://127.0.0.1:1")
    try:
        with pytest.raises(FileUnavailableError) as failed:
            await fetched(MediaDownloader(bot))
    finally:
        await bot.session.close()
    assert SECRET not in "".join(traceback.format_exception(failed.value))
