"""Tests of WAHA's failures: retried, looked up, given up, or the channel stops."""

from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bridge.waha.client.client import WahaClient
from bridge.waha.sending.sender import WahaSender
from db.tables import MessageType
from desk.content import Content
from desk.errors import ChannelStopped, DeliveryError, RateLimited, Rejected, Unavailable, Uncertain
from scripts.private_servers.process import free_port
from tests.bridge.waha.waha_env import CHANNEL, SESSION, WahaEnv, write_file


async def failing(env: WahaEnv, **fault: Any) -> DeliveryError:
    await env.waha.fail("sendText", **fault)
    with pytest.raises(DeliveryError) as raised:
        await env.send_text("hello")
    return raised.value


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        (400, "chatId must be a string", Rejected),
        (401, "Unauthorized", ChannelStopped),
        (403, "Forbidden", ChannelStopped),
        (404, "Session not found", ChannelStopped),
        (404, "Message not found", Rejected),
        (413, "request entity too large", Rejected),
        (422, "the file has no type", Rejected),
        (429, "slow down", RateLimited),
        (500, "No LID for user", Rejected),
        (500, "Evaluation failed", Uncertain),
        (502, "Bad Gateway", Uncertain),
        (503, "Service Unavailable", Unavailable),
        (504, "Gateway Timeout", Uncertain),
    ],
)
async def test_each_refusal_has_its_consequence(
    env: WahaEnv, code: int, message: str, kind: type[DeliveryError]
) -> None:
    error = await failing(env, code=code, message=message)
    assert type(error) is kind
    assert await env.list_seen_messages() == []


async def test_a_429_pauses_the_whole_number(env: WahaEnv) -> None:
    error = await failing(env, code=429)
    assert isinstance(error, RateLimited)
    assert error.everywhere
    assert error.retry_after > 0


@pytest.mark.parametrize("kind", ["html", "drop_before"])
async def test_what_was_written_and_not_answered_is_uncertain(env: WahaEnv, kind: str) -> None:
    assert type(await failing(env, kind=kind)) is Uncertain
    assert await env.list_seen_messages() == []


@pytest.mark.parametrize("kind", ["html_after", "drop_after"])
async def test_what_arrived_all_the_same_is_found(env: WahaEnv, kind: str) -> None:
    await env.waha.fail("sendText", kind=kind)
    kept = await env.send_text("hello")
    [seen] = await env.list_seen_messages()
    assert kept == f"true_{seen['tail']}"


async def test_what_cannot_be_looked_up_stays_uncertain(env: WahaEnv) -> None:
    await env.waha.fail("messages.get", code=500)
    assert type(await failing(env, kind="drop_after")) is Uncertain
    assert len(await env.list_seen_messages()) == 1


async def test_a_file_whose_end_nobody_saw_is_uncertain(env: WahaEnv, tmp_path: Path) -> None:
    await env.waha.fail("sendFile", kind="drop_after")
    content = Content(MessageType.FILE, file={"name": "a.bin"})
    with pytest.raises(Uncertain):
        await env.sender.deliver(env.build_delivery(content, file=write_file(tmp_path, b"x")))


async def test_after_the_first_part_nothing_is_repeated(env: WahaEnv, tmp_path: Path) -> None:
    await env.waha.fail("sendText", code=503)
    content = Content(MessageType.VOICE, "words", file={"mime": "audio/ogg"})
    with pytest.raises(Uncertain, match="only the first part"):
        await env.sender.deliver(env.build_delivery(content, file=write_file(tmp_path, b"x")))
    assert len(await env.list_seen_messages()) == 1


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        ("SCAN_QR_CODE", ChannelStopped, "QR code"),
        ("FAILED", ChannelStopped, "restart"),
        ("STOPPED", ChannelStopped, "stopped"),
        ("PASSKEY_REQUIRED", ChannelStopped, "passkey"),
        ("STARTING", Unavailable, "is starting"),
    ],
)
async def test_a_session_that_does_not_work_holds_what_is_to_be_sent(
    env: WahaEnv, status: str, kind: type[DeliveryError], words: str
) -> None:
    await env.waha.force_status(SESSION, status)
    with pytest.raises(kind, match=words) as raised:
        await env.send_text("hello")
    assert type(raised.value) is kind


async def test_a_wrong_key_stops_the_channel(env: WahaEnv) -> None:
    client = WahaClient(env.waha.waha_url, "wrong", SESSION)
    with pytest.raises(ChannelStopped, match="API key"):
        await WahaSender(CHANNEL, client).deliver(env.build_delivery(Content(text="hello")))
    await client.close()


async def test_a_server_that_is_not_there_was_never_written_to(env: WahaEnv) -> None:
    client = WahaClient(f"http://127.0.0.1:{free_port()}", "k", SESSION)
    with pytest.raises(Unavailable, match="could not be reached") as raised:
        await WahaSender(CHANNEL, client).deliver(env.build_delivery(Content(text="hello")))
    assert type(raised.value) is Unavailable
    await client.close()


async def test_a_redirect_is_not_followed_with_the_key(env: WahaEnv) -> None:
    keys: list[str | None] = []

    async def elsewhere(request: web.Request) -> web.Response:
        keys.append(request.headers.get("X-Api-Key"))
        return web.Response()

    async def leads_away(_: web.Request) -> web.Response:
        raise web.HTTPTemporaryRedirect(str(there.make_url("/caught")))

    app, target = web.Application(), web.Application()
    app.router.add_route("*", "/{rest:.*}", leads_away)
    target.router.add_route("*", "/{rest:.*}", elsewhere)
    async with TestServer(target) as there, TestServer(app) as here:
        client = WahaClient(str(here.make_url("/")), "secret", SESSION)
        with pytest.raises(ChannelStopped, match="redirects"):
            await WahaSender(CHANNEL, client).deliver(env.build_delivery(Content(text="hello")))
        await client.close()
    assert keys == []


@pytest.mark.parametrize(
    "answer",
    [b"[" * 100_000, b"\xff\xfe", b"nul", b'"' + b"x" * 5_000_000 + b'"'],
    ids=["deep", "bytes", "cut off", "long"],
)
async def test_an_answer_that_cannot_be_read_is_uncertain(env: WahaEnv, answer: bytes) -> None:
    async def says(_: web.Request) -> web.Response:
        return web.Response(body=answer, status=201)

    app = web.Application()
    app.router.add_route("POST", "/{rest:.*}", says)
    async with TestServer(app) as server:
        client = WahaClient(str(server.make_url("/")), "k", SESSION)
        with pytest.raises(Uncertain):
            await WahaSender(CHANNEL, client).deliver(env.build_delivery(Content(text="hello")))
        await client.close()
