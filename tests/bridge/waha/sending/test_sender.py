"""Tests of the sender for a linked number, over real HTTP."""

import os
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bridge.waha.client.client import WahaClient
from bridge.waha.identifiers import message_ids
from bridge.waha.sending.sender import read_sent_id
from db.tables import MessageType, OutboxKind, Side
from desk.content import Content
from desk.delivery.ports import (
    Delivery,
    Destination,
    SupportsDelete,
    SupportsEdit,
    SupportsReactions,
    SupportsReadMarks,
    SupportsTyping,
)
from desk.errors import Rejected
from desk.media.errors import FileGoneError, FileUnavailableError
from desk.media.ports import SupportsDownload, SupportsMedia
from tests.bridge.waha.waha_env import CHANNEL, SESSION, WahaEnv, open_env, write_file


def about(env: WahaEnv, kind: OutboxKind, *targets: str, **more: object) -> Delivery:
    return Delivery(1, kind, Side.CUSTOMER, env.place, targets=targets, **more)  # type: ignore[arg-type] # as each test says


async def test_it_can_do_what_whatsapp_can(env: WahaEnv) -> None:
    able = (SupportsEdit, SupportsDelete, SupportsReactions, SupportsReadMarks, SupportsTyping)
    assert isinstance(env.sender, (*able, SupportsDownload, SupportsMedia))


async def test_a_text_arrives_under_the_name_that_we_gave_it(env: WahaEnv) -> None:
    kept = await env.send_text("hello", row_id=4711)
    assert kept == f"true_{message_ids.build_own_tail(CHANNEL, 4711)}"
    [seen] = await env.list_seen_messages()
    assert (seen["text"], seen["id"]) == (
        "hello",
        message_ids.parse_message_id(kept).to_waha_id(env.ann["address"]),
    )


async def test_the_same_row_sent_twice_arrives_once(env: WahaEnv) -> None:
    assert await env.send_text("hello") == await env.send_text("hello")
    assert len(await env.list_seen_messages()) == 1


async def test_a_reply_quotes_its_message(env: WahaEnv) -> None:
    said = await env.waha.says(env.ann, "a question", session=SESSION)
    kept = message_ids.parse_message_id(said["id"]).stored_id
    await env.sender.deliver(env.build_delivery(Content(text="an answer"), reply_to=kept))
    assert (await env.list_seen_messages())[-1]["reply_to"] == said["tail"]


@pytest.mark.parametrize(
    ("kind", "mime", "shown"),
    [
        (MessageType.IMAGE, "image/jpeg", "image"),
        (MessageType.VIDEO, "video/mp4", "video"),
        (MessageType.VOICE, "audio/ogg", "voice"),
        (MessageType.AUDIO, "audio/mpeg", "file"),
        (MessageType.FILE, "application/pdf", "file"),
    ],
)
async def test_files_arrive_byte_by_byte(
    env: WahaEnv, tmp_path: Path, kind: MessageType, mime: str, shown: str
) -> None:
    data = os.urandom(400_001)  # neither a multiple of a chunk nor of three
    content = Content(kind, None, file={"mime": mime, "name": 'a "quoted" ü.bin'})
    receipt = await env.sender.deliver(env.build_delivery(content, file=write_file(tmp_path, data)))
    [seen] = await env.list_seen_messages()
    assert seen["kind"] == shown
    assert await env.waha.file(seen["media"]["file"]) == data
    assert receipt.provider_ids == (f"true_{seen['tail']}",)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 196_608, 196_609])
async def test_files_of_every_size_arrive(env: WahaEnv, tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    content = Content(MessageType.FILE, file={"name": "a.bin"})
    await env.sender.deliver(env.build_delivery(content, file=write_file(tmp_path, data)))
    [seen] = await env.list_seen_messages()
    assert await env.waha.file(seen["media"]["file"]) == data


async def test_a_file_that_is_not_there_is_refused(env: WahaEnv, tmp_path: Path) -> None:
    content = Content(MessageType.FILE, file={"name": "a.bin"})
    for path in (None, tmp_path / "gone"):
        with pytest.raises(Rejected, match="MEDIA_DIR"):
            await env.sender.deliver(env.build_delivery(content, file=path))


async def test_what_a_file_lacks_is_raised(env: WahaEnv) -> None:
    lack = Rejected("it is too large")
    with pytest.raises(Rejected, match="too large"):
        await env.sender.deliver(env.build_delivery(Content(MessageType.FILE), file_error=lack))


async def test_a_place_and_a_contact_arrive(env: WahaEnv) -> None:
    place = Content(MessageType.LOCATION, attributes={"latitude": 52.5, "longitude": 13.4})
    contact = Content(MessageType.CONTACT, attributes={"phone": "+4915550001", "name": "Jane"})
    await env.sender.deliver(env.build_delivery(place, 1))
    await env.sender.deliver(env.build_delivery(contact, 2))
    first, second = await env.list_seen_messages()
    assert float(first["location"]["latitude"]) == 52.5
    assert "Jane" in second["vcards"][0]


async def test_an_edit_is_seen(env: WahaEnv) -> None:
    kept = await env.send_text("hello")
    edit = about(env, OutboxKind.EDIT, kept, content=Content(text="goodbye"))
    assert (await env.sender.edit(edit)).provider_ids == ()
    [seen] = await env.list_seen_messages()
    assert (seen["text"], seen["edited"]) == ("goodbye", True)


async def test_an_edit_that_is_longer_goes_on_and_one_that_is_shorter_takes_back(
    env: WahaEnv,
) -> None:
    kept = await env.send_text("hello")
    longer = about(env, OutboxKind.EDIT, kept, content=Content(text="word " * 1500))
    more = (await env.sender.edit(longer)).provider_ids
    assert len(more) == 1
    shorter = about(env, OutboxKind.EDIT, kept, *more, content=Content(text="word"))
    await env.sender.edit(shorter)
    first, second = await env.list_seen_messages()
    assert (first["text"], second["revoked"]) == ("word", True)


async def test_what_is_deleted_is_gone_for_everyone(env: WahaEnv) -> None:
    await env.sender.delete(about(env, OutboxKind.DELETE, await env.send_text("hello")))
    [seen] = await env.list_seen_messages()
    assert seen["revoked"]


async def test_reactions_are_set_and_taken_back(env: WahaEnv) -> None:
    said = await env.waha.says(env.ann, "hello", session=SESSION)
    kept = message_ids.parse_message_id(said["id"]).stored_id
    await env.sender.react(about(env, OutboxKind.REACTION, kept, emoji="👍"))
    assert (await env.list_seen_messages())[0]["reactions"] == {"desk": "👍"}
    await env.sender.react(about(env, OutboxKind.REACTION, kept))
    assert (await env.list_seen_messages())[0]["reactions"] == {}


async def test_read_marks_and_typing_are_seen(env: WahaEnv) -> None:
    await env.waha.says(env.ann, "hello", session=SESSION)
    said = await env.waha.says(env.ann, "are you there?", session=SESSION)
    place = Destination(
        env.ann["address"], last_inbound_id=message_ids.parse_message_id(said["id"]).stored_id
    )
    await env.waha.fail("messages.read", code=400, message="Enable the store")
    await env.sender.mark_read(place)
    assert [each["seen"] for each in await env.list_seen_messages()] == [False, True]
    await env.sender.mark_read(place)
    assert [each["seen"] for each in await env.list_seen_messages()] == [True, True]
    await env.sender.show_typing(env.place)
    assert (await env.waha.chat(SESSION, env.ann))["typing"]
    await env.send_text("hello")
    assert not (await env.waha.chat(SESSION, env.ann))["typing"]


async def test_a_customer_who_hides_the_phone_is_reached(tmp_path: Path) -> None:
    async with open_env(by_lid=True) as env:
        assert env.place.chat.endswith("@lid")
        await env.send_text("hello")
        assert (await env.list_seen_messages())[0]["text"] == "hello"


async def collected(env: WahaEnv, file_id: str) -> bytes:
    return b"".join([piece async for piece in env.sender.download(file_id)])


async def test_a_customer_s_file_is_fetched_with_the_key(env: WahaEnv) -> None:
    data = os.urandom(300_000)
    said = await env.waha.sends(env.ann, "file", data, session=SESSION)
    path = f"/api/files/{SESSION}/{said['media']['file']}"
    for file_id in (path, f"http://waha.internal:3000{path}", f"{path}#c/false_c_AAA"):
        assert await collected(env, file_id) == data


async def test_a_file_that_waha_removed_is_fetched_from_whatsapp_anew(env: WahaEnv) -> None:
    data = os.urandom(1000)
    said = await env.waha.sends(env.ann, "file", data, session=SESSION)
    chat = env.ann["address"]
    for path in ("", f"/api/files/{SESSION}/GONE.bin"):
        assert await collected(env, f"{path}#{chat}/{said['id']}") == data


async def test_a_file_in_a_storage_elsewhere_is_fetched_without_the_key(env: WahaEnv) -> None:
    asked: list[web.Request] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request)
        return web.Response(body=b"stored")

    app = web.Application()
    app.router.add_get("/bucket/x.jpg", answer)
    async with TestServer(app) as server:
        url = str(server.make_url("/bucket/x.jpg").with_query({"X-Amz-Signature": "ab/c="}))
        assert await collected(env, f"s3:{url}#c/false_c_AAA") == b"stored"
    assert "X-Api-Key" not in asked[0].headers
    assert asked[0].query["X-Amz-Signature"] == "ab/c="


@pytest.mark.parametrize(
    "file_id",
    [
        "",
        "/api/files/ch7/GONE.bin",
        "/api/sessions",
        "http://evil.example/x.jpg",
        "/api/files/../sessions",
        "#491@c.us/false_491@c.us_GONE",
    ],
)
async def test_what_is_no_file_of_waha_s_is_gone(env: WahaEnv, file_id: str) -> None:
    with pytest.raises(FileGoneError):
        await collected(env, file_id)


async def test_a_server_that_is_away_hands_out_nothing(env: WahaEnv) -> None:
    said = await env.waha.sends(env.ann, "file", b"x", session=SESSION)
    await env.waha.fail("files", kind="drop_before", times=3)
    with pytest.raises(FileUnavailableError):
        await collected(env, f"/api/files/{SESSION}/{said['media']['file']}")


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ({"id": "true_1@c.us_AAA"}, "true_AAA"),
        ({"id": {"_serialized": "true_1@c.us_AAA", "id": "AAA"}}, "true_AAA"),
        ({"key": {"remoteJid": "1@s.whatsapp.net", "fromMe": True, "id": "AAA"}}, "true_AAA"),
        ({"id": "a b", "key": {"id": "AAA"}}, "true_AAA"),
        ({}, None),
        (None, None),
        ([], None),
        ({"id": 7, "key": 7}, None),
    ],
)
def test_the_id_of_what_was_sent_is_read_of_every_engine(answer: object, kept: str | None) -> None:
    assert read_sent_id(answer) == kept


def test_the_host_is_named_without_what_is_secret() -> None:
    assert WahaClient("http://user:pass@waha:3000/x", "k", "s").host == "waha:3000"
