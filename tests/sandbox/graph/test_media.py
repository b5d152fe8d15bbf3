"""Tests of files: how long URLs and ids are valid, and which kinds WhatsApp shows."""

import base64
import hashlib

import aiohttp
import pytest
from aiohttp import web

from sandbox.telegram.model.sample_files import SAMPLES, png
from tests.sandbox.graph.stage import TOKEN, Stage

DAY = 86_400
MB = 1024 * 1024
OPUS = "audio/ogg; codecs=opus"


async def _download(stage: Stage, url: str, token: str = TOKEN) -> tuple[int, bytes]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with stage.http.get(url, headers=headers) as response:
        return response.status, await response.read()


async def test_a_url_needs_the_token_and_lives_five_minutes(stage: Stage) -> None:
    sent = await stage.graph.sends_media(stage.ann, "image", png(), mime="image/png", caption="Me")
    assert await stage.graph.wait_until_settled()
    image = stage.hook.messages()[-1]["image"]
    assert image["caption"] == "Me"
    digest = base64.b64encode(hashlib.sha256(png()).digest()).decode()
    _, resolved = await stage.call("GET", image["id"])
    assert resolved["sha256"] == image["sha256"] == digest
    assert (resolved["mime_type"], resolved["file_size"]) == ("image/png", len(png()))
    assert await _download(stage, resolved["url"]) == (200, png())
    for token in ("", "EAAnobody"):
        assert (await _download(stage, resolved["url"], token))[0] == 401
    await stage.graph.advance(301)
    assert (await _download(stage, resolved["url"]))[0] == 404
    _, again = await stage.call("GET", image["id"])
    assert await _download(stage, again["url"]) == (200, png())
    assert await stage.graph.media(sent["media"]) == png()


@pytest.mark.parametrize(("uploaded", "days"), [(True, 30), (False, 7)])
async def test_ids_expire(stage: Stage, uploaded: bool, days: int) -> None:
    if uploaded:
        media_id = await stage.uploaded(png(), "image/png")
    else:
        media_id = (await stage.graph.sends_media(stage.ann, "document"))["media"]["id"]
    await stage.graph.advance(days * DAY - 60)
    assert (await stage.call("GET", media_id))[0] == 200
    await stage.graph.advance(120)
    status, content = await stage.call("GET", media_id)
    assert (status, content["error"]["code"], content["error"]["error_subcode"]) == (400, 100, 33)
    await stage.graph.says(stage.ann, "still here")
    assert (await stage.refused(type="image", image={"id": media_id}))[:2] == (400, 131009)


async def test_a_deleted_file_and_a_foreign_one_are_unknown(stage: Stage) -> None:
    media_id = await stage.uploaded(png(), "image/png")
    await stage.graph.add_number("4930123456", token="EAAother")
    assert (await stage.call("GET", media_id, token="EAAother"))[0] == 400
    assert (await stage.call("GET", f"{media_id}?phone_number_id=12"))[0] == 400
    _, resolved = await stage.call("GET", media_id)
    await stage.call("DELETE", media_id)
    assert (await stage.call("GET", media_id))[0] == 400
    assert (await _download(stage, resolved["url"]))[0] == 404


@pytest.mark.parametrize("mime", ["application/octet-stream", "application/zip", "text/html"])
async def test_types_that_meta_does_not_name_are_refused(stage: Stage, mime: str) -> None:
    status, content = await stage.upload(b"PK", mime)
    assert (status, content["error"]["code"]) == (400, 100)
    assert f"Received file of type '{mime}'" in content["error"]["message"]
    await stage.graph.settings(any_document=True)
    media_id = await stage.uploaded(b"PK", mime)
    sent = await stage.sent(type="document", document={"id": media_id, "filename": "a.zip"})
    assert (await stage.status_of(sent))[-1] == ("delivered", None)


async def test_invalid_uploads_are_refused(stage: Stage) -> None:
    assert (await stage.upload(b"", "image/png"))[0] == 400
    path = f"{stage.number['id']}/media"
    for body in ({"messaging_product": "whatsapp"}, {"file": "x"}):
        status, content = await stage.call("POST", path, data=body)
        assert (status, content["error"]["code"]) == (400, 100)
    headers = {
        "Content-Type": "multipart/form-data; boundary=x",
        "Authorization": "Bearer EAAtoken",
    }
    url = f"{stage.graph.api_url}/v23.0/{path}"
    async with stage.http.post(url, data=b"no form", headers=headers) as response:
        assert response.status == 400


@pytest.mark.parametrize(
    ("kind", "mime", "data", "words"),
    [
        ("image", "image/webp", SAMPLES["sticker"][2], "Unsupported image mime type"),
        ("image", "image/png", png() + bytes(5 * MB), "too big"),
        ("video", "audio/mpeg", b"ID3", "Unsupported video mime type"),
        ("audio", "audio/ogg", b"OggS", "codecs=opus"),
        ("sticker", "image/webp", bytes(101 * 1024), "too big"),
        ("sticker", "image/webp", b"RIFF....WEBPANIM" + bytes(501 * 1024), "too big"),
    ],
)
async def test_files_that_whatsapp_cannot_show_fail(
    stage: Stage, kind: str, mime: str, data: bytes, words: str
) -> None:
    media_id = await stage.uploaded(data, mime)
    sent = await stage.sent(type=kind, **{kind: {"id": media_id}})
    assert await stage.status_of(sent) == [("failed", 131053)]
    error = stage.hook.values()[-1]["statuses"][0]["errors"][0]
    assert words in error["error_data"]["details"]
    await stage.graph.settings(media="at_once")
    assert (await stage.refused(type=kind, **{kind: {"id": media_id}}))[:2] == (400, 131053)
    await stage.graph.settings(media="off")
    sent = await stage.sent(type=kind, **{kind: {"id": media_id}})
    assert (await stage.status_of(sent))[-1] == ("delivered", None)


async def test_an_animated_sticker_may_be_larger(stage: Stage) -> None:
    media_id = await stage.uploaded(b"RIFF....WEBPANIM" + bytes(300 * 1024), "image/webp")
    sent = await stage.sent(type="sticker", sticker={"id": media_id})
    assert (await stage.status_of(sent))[-1] == ("delivered", None)


async def test_opus_is_a_voice_message_and_is_played(stage: Stage) -> None:
    await stage.graph.settings(ladder=["sent", "delivered", "read", "played"])
    for mime, data, voice in ((OPUS, SAMPLES["voice"][2], True), ("audio/mpeg", b"ID3", False)):
        media_id = await stage.uploaded(data, mime)
        sent = await stage.sent(type="audio", audio={"id": media_id})
        assert ("played", None) in await stage.status_of(sent) or not voice
        assert (await stage.graph.messages(stage.ann))[-1]["voice"] is voice


async def test_links_are_fetched(stage: Stage) -> None:
    async def give(request: web.Request) -> web.Response:
        if request.path == "/gone":
            return web.Response(status=404)
        return web.Response(body=png(), content_type="image/png")

    runner = web.AppRunner(web.Application())
    runner.app.router.add_get("/{name}", give)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    sent = await stage.sent(type="image", image={"link": f"{base}/a.png", "caption": "Look"})
    assert (await stage.status_of(sent))[-1] == ("delivered", None)
    last = (await stage.graph.messages(stage.ann))[-1]
    assert (await stage.graph.media(last["media"]), last["text"]) == (png(), "Look")
    gone = await stage.sent(type="image", image={"link": f"{base}/gone"})
    assert await stage.status_of(gone) == [("failed", 131053)]
    await runner.cleanup()
    refused = await stage.sent(type="image", image={"link": f"{base}/a.png"})
    assert await stage.status_of(refused) == [("failed", 131053)]


async def test_faults_of_downloads(stage: Stage) -> None:
    media_id = (await stage.graph.sends_media(stage.ann, "image"))["media"]["id"]
    _, resolved = await stage.call("GET", media_id)
    await stage.graph.fail("download", status=404)
    assert (await _download(stage, resolved["url"]))[0] == 404
    await stage.graph.fail("download", kind="html")
    assert (await _download(stage, resolved["url"]))[1].startswith(b"<!DOCTYPE html>")
    # A client may repeat a dropped GET by itself.
    await stage.graph.fail("download", kind="drop_after", times=2)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await _download(stage, resolved["url"])
    await stage.graph.clear_faults()
    await stage.graph.fail("download", code=100, subcode=33, status=400)
    assert (await _download(stage, resolved["url"]))[0] == 400
    assert (await _download(stage, resolved["url"]))[0] == 200
    calls = await stage.graph.calls("download")
    assert [call["status"] for call in calls][-2:] == [400, 200]


async def test_a_url_may_have_another_origin(stage: Stage) -> None:
    media_id = (await stage.graph.sends_media(stage.ann, "image"))["media"]["id"]
    await stage.graph.settings(media_origin="http://elsewhere.example")
    _, resolved = await stage.call("GET", media_id)
    assert resolved["url"].startswith("http://elsewhere.example/graph/attachments/?mid=")
