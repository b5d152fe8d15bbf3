"""What our carrier brings to a linked number's customers, over real HTTP."""

import os
from pathlib import Path

import pytest

from bridge.waha.client.client import WahaClient
from bridge.waha.identifiers import message_ids
from bridge.waha.sending.sender import sent_id
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
from tests.bridge.waha.waha_env import CHANNEL, SESSION, Stage, file_of, linked


def about(stage: Stage, kind: OutboxKind, *targets: str, **more: object) -> Delivery:
    return Delivery(1, kind, Side.CUSTOMER, stage.place, targets=targets, **more)  # type: ignore[arg-type] # as each test says


async def test_it_can_do_what_whatsapp_can(stage: Stage) -> None:
    able = (SupportsEdit, SupportsDelete, SupportsReactions, SupportsReadMarks, SupportsTyping)
    assert isinstance(stage.carrier, (*able, SupportsDownload, SupportsMedia))


async def test_a_text_arrives_under_the_name_that_we_gave_it(stage: Stage) -> None:
    kept = await stage.sent("hello", row_id=4711)
    assert kept == f"true_{message_ids.own_tail(CHANNEL, 4711)}"
    [seen] = await stage.sees()
    assert (seen["text"], seen["id"]) == (
        "hello",
        message_ids.parse(kept).full(stage.ann["address"]),
    )


async def test_the_same_row_sent_twice_arrives_once(stage: Stage) -> None:
    assert await stage.sent("hello") == await stage.sent("hello")
    assert len(await stage.sees()) == 1


async def test_it_answers_what_it_answers(stage: Stage) -> None:
    said = await stage.waha.says(stage.ann, "a question", session=SESSION)
    kept = message_ids.parse(said["id"]).kept
    await stage.carrier.deliver(stage.answer(Content(text="an answer"), reply_to=kept))
    assert (await stage.sees())[-1]["reply_to"] == said["tail"]


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
    stage: Stage, tmp_path: Path, kind: MessageType, mime: str, shown: str
) -> None:
    data = os.urandom(400_001)  # no multiple of a piece, nor of three
    content = Content(kind, None, file={"mime": mime, "name": 'a "quoted" ü.bin'})
    receipt = await stage.carrier.deliver(stage.answer(content, file=file_of(tmp_path, data)))
    [seen] = await stage.sees()
    assert seen["kind"] == shown
    assert await stage.waha.file(seen["media"]["file"]) == data
    assert receipt.provider_ids == (f"true_{seen['tail']}",)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 196_608, 196_609])
async def test_files_of_every_size_arrive(stage: Stage, tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    content = Content(MessageType.FILE, file={"name": "a.bin"})
    await stage.carrier.deliver(stage.answer(content, file=file_of(tmp_path, data)))
    [seen] = await stage.sees()
    assert await stage.waha.file(seen["media"]["file"]) == data


async def test_a_file_that_is_not_there_is_refused(stage: Stage, tmp_path: Path) -> None:
    content = Content(MessageType.FILE, file={"name": "a.bin"})
    for path in (None, tmp_path / "gone"):
        with pytest.raises(Rejected, match="MEDIA_DIR"):
            await stage.carrier.deliver(stage.answer(content, file=path))


async def test_what_a_file_lacks_is_raised(stage: Stage) -> None:
    lack = Rejected("it is too large")
    with pytest.raises(Rejected, match="too large"):
        await stage.carrier.deliver(stage.answer(Content(MessageType.FILE), file_error=lack))


async def test_a_place_and_a_contact_arrive(stage: Stage) -> None:
    place = Content(MessageType.LOCATION, attributes={"latitude": 52.5, "longitude": 13.4})
    contact = Content(MessageType.CONTACT, attributes={"phone": "+4915550001", "name": "Jane"})
    await stage.carrier.deliver(stage.answer(place, 1))
    await stage.carrier.deliver(stage.answer(contact, 2))
    first, second = await stage.sees()
    assert float(first["location"]["latitude"]) == 52.5
    assert "Jane" in second["vcards"][0]


async def test_an_edit_is_seen(stage: Stage) -> None:
    kept = await stage.sent("hello")
    edit = about(stage, OutboxKind.EDIT, kept, content=Content(text="goodbye"))
    assert (await stage.carrier.edit(edit)).provider_ids == ()
    [seen] = await stage.sees()
    assert (seen["text"], seen["edited"]) == ("goodbye", True)


async def test_an_edit_that_is_longer_goes_on_and_one_that_is_shorter_takes_back(
    stage: Stage,
) -> None:
    kept = await stage.sent("hello")
    longer = about(stage, OutboxKind.EDIT, kept, content=Content(text="word " * 1500))
    more = (await stage.carrier.edit(longer)).provider_ids
    assert len(more) == 1
    shorter = about(stage, OutboxKind.EDIT, kept, *more, content=Content(text="word"))
    await stage.carrier.edit(shorter)
    first, second = await stage.sees()
    assert (first["text"], second["revoked"]) == ("word", True)


async def test_what_is_deleted_is_gone_for_everyone(stage: Stage) -> None:
    await stage.carrier.delete(about(stage, OutboxKind.DELETE, await stage.sent("hello")))
    [seen] = await stage.sees()
    assert seen["revoked"]


async def test_reactions_are_set_and_taken_back(stage: Stage) -> None:
    said = await stage.waha.says(stage.ann, "hello", session=SESSION)
    kept = message_ids.parse(said["id"]).kept
    await stage.carrier.react(about(stage, OutboxKind.REACTION, kept, emoji="👍"))
    assert (await stage.sees())[0]["reactions"] == {"desk": "👍"}
    await stage.carrier.react(about(stage, OutboxKind.REACTION, kept))
    assert (await stage.sees())[0]["reactions"] == {}


async def test_read_marks_and_typing_are_seen(stage: Stage) -> None:
    await stage.waha.says(stage.ann, "hello", session=SESSION)
    said = await stage.waha.says(stage.ann, "are you there?", session=SESSION)
    place = Destination(stage.ann["address"], last_inbound_id=message_ids.parse(said["id"]).kept)
    await stage.waha.fail("messages.read", code=400, message="Enable the store")
    await stage.carrier.mark_read(place)
    assert [each["seen"] for each in await stage.sees()] == [False, True]
    await stage.carrier.mark_read(place)
    assert [each["seen"] for each in await stage.sees()] == [True, True]
    await stage.carrier.show_typing(stage.place)
    assert (await stage.waha.chat(SESSION, stage.ann))["typing"]
    await stage.sent("hello")
    assert not (await stage.waha.chat(SESSION, stage.ann))["typing"]


async def test_a_customer_who_hides_the_phone_is_reached(tmp_path: Path) -> None:
    async with linked(by_lid=True) as stage:
        assert stage.place.chat.endswith("@lid")
        await stage.sent("hello")
        assert (await stage.sees())[0]["text"] == "hello"


async def collected(stage: Stage, file_id: str) -> bytes:
    return b"".join([piece async for piece in stage.carrier.download(file_id)])


async def test_a_customer_s_file_is_fetched_with_the_key(stage: Stage) -> None:
    data = os.urandom(300_000)
    said = await stage.waha.sends(stage.ann, "file", data, session=SESSION)
    path = f"/api/files/{SESSION}/{said['media']['file']}"
    for file_id in (path, f"http://waha.internal:3000{path}", f"{path}#c/false_c_AAA"):
        assert await collected(stage, file_id) == data


async def test_a_file_that_waha_removed_is_fetched_from_whatsapp_anew(stage: Stage) -> None:
    data = os.urandom(1000)
    said = await stage.waha.sends(stage.ann, "file", data, session=SESSION)
    chat = stage.ann["address"]
    for path in ("", f"/api/files/{SESSION}/GONE.bin"):
        assert await collected(stage, f"{path}#{chat}/{said['id']}") == data


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
async def test_what_is_no_file_of_waha_s_is_gone(stage: Stage, file_id: str) -> None:
    with pytest.raises(FileGoneError):
        await collected(stage, file_id)


async def test_a_server_that_is_away_hands_out_nothing(stage: Stage) -> None:
    said = await stage.waha.sends(stage.ann, "file", b"x", session=SESSION)
    await stage.waha.fail("files", kind="drop_before", times=3)
    with pytest.raises(FileUnavailableError):
        await collected(stage, f"/api/files/{SESSION}/{said['media']['file']}")


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
    assert sent_id(answer) == kept


def test_the_host_is_named_without_what_is_secret() -> None:
    assert WahaClient("http://user:pass@waha:3000/x", "k", "s").host == "waha:3000"
