"""What follows when WAHA fails: tried again, asked about, given up, or the channel stops."""

from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bridge.waha.client.client import WahaClient
from bridge.waha.sending.sender import WahaCarrier
from db.tables import MessageType
from desk.content import Content
from desk.errors import ChannelStopped, DeliveryError, RateLimited, Rejected, Unavailable, Uncertain
from tests.bridge.waha.waha_env import CHANNEL, SESSION, Stage, file_of
from tests.services.process import free_port


async def failing(stage: Stage, **fault: Any) -> DeliveryError:
    await stage.waha.fail("sendText", **fault)
    with pytest.raises(DeliveryError) as raised:
        await stage.sent("hello")
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
    stage: Stage, code: int, message: str, kind: type[DeliveryError]
) -> None:
    error = await failing(stage, code=code, message=message)
    assert type(error) is kind
    assert await stage.sees() == []


async def test_a_429_pauses_the_whole_number(stage: Stage) -> None:
    error = await failing(stage, code=429)
    assert isinstance(error, RateLimited)
    assert error.everywhere
    assert error.retry_after > 0


@pytest.mark.parametrize("kind", ["html", "drop_before"])
async def test_what_was_written_and_not_answered_is_uncertain(stage: Stage, kind: str) -> None:
    assert type(await failing(stage, kind=kind)) is Uncertain
    assert await stage.sees() == []


@pytest.mark.parametrize("kind", ["html_after", "drop_after"])
async def test_what_arrived_all_the_same_is_found(stage: Stage, kind: str) -> None:
    await stage.waha.fail("sendText", kind=kind)
    kept = await stage.sent("hello")
    [seen] = await stage.sees()
    assert kept == f"true_{seen['tail']}"


async def test_what_cannot_be_looked_up_stays_uncertain(stage: Stage) -> None:
    await stage.waha.fail("messages.get", code=500)
    assert type(await failing(stage, kind="drop_after")) is Uncertain
    assert len(await stage.sees()) == 1


async def test_a_file_whose_end_nobody_saw_is_uncertain(stage: Stage, tmp_path: Path) -> None:
    await stage.waha.fail("sendFile", kind="drop_after")
    content = Content(MessageType.FILE, file={"name": "a.bin"})
    with pytest.raises(Uncertain):
        await stage.carrier.deliver(stage.answer(content, file=file_of(tmp_path, b"x")))


async def test_after_the_first_part_nothing_is_repeated(stage: Stage, tmp_path: Path) -> None:
    await stage.waha.fail("sendText", code=503)
    content = Content(MessageType.VOICE, "words", file={"mime": "audio/ogg"})
    with pytest.raises(Uncertain, match="only the first part"):
        await stage.carrier.deliver(stage.answer(content, file=file_of(tmp_path, b"x")))
    assert len(await stage.sees()) == 1


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        ("SCAN_QR_CODE", ChannelStopped, "QR code"),
        ("FAILED", ChannelStopped, "restart"),
        ("STOPPED", ChannelStopped, "stopped"),
        ("PASSKEY_REQUIRED", ChannelStopped, "passkey"),
        ("STARTING", Unavailable, "coming up"),
    ],
)
async def test_a_session_that_does_not_work_holds_what_is_to_be_sent(
    stage: Stage, status: str, kind: type[DeliveryError], words: str
) -> None:
    await stage.waha.force_status(SESSION, status)
    with pytest.raises(kind, match=words) as raised:
        await stage.sent("hello")
    assert type(raised.value) is kind


async def test_a_wrong_key_stops_the_channel(stage: Stage) -> None:
    client = WahaClient(stage.waha.waha_url, "wrong", SESSION)
    with pytest.raises(ChannelStopped, match="API key"):
        await WahaCarrier(CHANNEL, client).deliver(stage.answer(Content(text="hello")))
    await client.close()


async def test_a_server_that_is_not_there_was_never_written_to(stage: Stage) -> None:
    client = WahaClient(f"http://127.0.0.1:{free_port()}", "k", SESSION)
    with pytest.raises(Unavailable, match="could not be reached") as raised:
        await WahaCarrier(CHANNEL, client).deliver(stage.answer(Content(text="hello")))
    assert type(raised.value) is Unavailable
    await client.close()


async def test_a_redirect_is_not_followed_with_the_key(stage: Stage) -> None:
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
        with pytest.raises(ChannelStopped, match="elsewhere"):
            await WahaCarrier(CHANNEL, client).deliver(stage.answer(Content(text="hello")))
        await client.close()
    assert keys == []


@pytest.mark.parametrize(
    "answer",
    [b"[" * 100_000, b"\xff\xfe", b"nul", b'"' + b"x" * 5_000_000 + b'"'],
    ids=["deep", "bytes", "cut off", "long"],
)
async def test_an_answer_that_cannot_be_read_is_uncertain(stage: Stage, answer: bytes) -> None:
    async def says(_: web.Request) -> web.Response:
        return web.Response(body=answer, status=201)

    app = web.Application()
    app.router.add_route("POST", "/{rest:.*}", says)
    async with TestServer(app) as server:
        client = WahaClient(str(server.make_url("/")), "k", SESSION)
        with pytest.raises(Uncertain):
            await WahaCarrier(CHANNEL, client).deliver(stage.answer(Content(text="hello")))
        await client.close()
