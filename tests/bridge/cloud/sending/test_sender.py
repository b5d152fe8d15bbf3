"""Tests of the Cloud API sender at the sandbox: every type of message, and every failure."""

import struct
from pathlib import Path
from typing import Any

import pytest

from bridge.cloud.client.graph_client import GraphClient
from bridge.cloud.sending.sender import CloudSender
from db.tables import MessageType
from desk.content import Content
from desk.delivery.ports import (
    Destination,
    SupportsDelete,
    SupportsEdit,
    SupportsReactions,
    SupportsReadMarks,
    SupportsTyping,
)
from desk.errors import (
    ChannelStopped,
    DeliveryError,
    RateLimited,
    Rejected,
    Unavailable,
    Uncertain,
    WindowClosed,
)
from desk.media.ports import SupportsDownload, SupportsMedia
from desk.templates.ports import SupportsTemplates
from tests.bridge.cloud.cloud_env import (
    PHONE,
    TOKEN,
    USER_ID,
    CloudEnv,
    build_delivery,
    write_upload,
)
from tests.sandbox.graph.schema_check import find_request_errors

K = MessageType
JPEG = b"\xff\xd8\xff\xe0" + b"j" * 200
OPUS = b"OggS" + b"\0" * 24 + b"OpusHead" + b"o" * 200
PDF = b"%PDF-1.7\n" + b"p" * 200
MP3 = b"ID3" + b"m" * 200


def webp(side: int) -> bytes:
    body = b"VP8X" + struct.pack("<I", 10) + b"\0" * 4 + (side - 1).to_bytes(3, "little") * 2
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


async def conforming(env: CloudEnv) -> None:
    bodies = await env.list_bodies()
    assert [find_request_errors(body) for body in bodies if "type" in body] == [[]] * len(bodies)


def test_it_has_the_cloud_apis_capabilities() -> None:
    sender = CloudSender(GraphClient("http://127.0.0.1:1", TOKEN, "1"), "en")
    can = (SupportsReactions, SupportsReadMarks, SupportsTyping, SupportsDownload)
    assert all(isinstance(sender, each) for each in (*can, SupportsMedia, SupportsTemplates))
    assert not isinstance(sender, SupportsEdit | SupportsDelete)


async def test_a_text_with_its_formatting_a_reply_and_our_number_of_it(env: CloudEnv) -> None:
    first = await env.deliver(Content(text="Good day"))
    bold = [{"type": "bold", "offset": 0, "length": 4}]
    await env.deliver(
        Content(text="Read https://x.example", entities=bold), reply_to=first.provider_ids[0]
    )
    told = await env.list_sent_messages()
    assert [one["text"] for one in told] == ["Good day", "*Read* https://x.example"]
    assert told[1]["reply_to"] == first.provider_ids[0] == told[0]["id"]
    assert {one["callback_data"] for one in told} == {"7"}
    assert [body["text"]["preview_url"] for body in await env.list_bodies()] == [False, True]
    await conforming(env)


async def test_a_customer_without_a_phone_is_written_to_by_the_id_that_meta_made(
    env: CloudEnv,
) -> None:
    await env.deliver(Content(text="Hello"), chat=USER_ID)
    [body] = await env.list_bodies()
    assert body["recipient"] == USER_ID
    assert "to" not in body
    assert [one["text"] for one in await env.list_sent_messages()] == ["Hello"]


async def test_a_long_text_is_several_messages(env: CloudEnv) -> None:
    receipt = await env.deliver(Content(text="word " * 1000))
    told = await env.list_sent_messages()
    assert tuple(one["id"] for one in told) == receipt.provider_ids
    assert " ".join(one["text"].strip() for one in told) == ("word " * 1000).strip()


@pytest.mark.parametrize(
    ("kind", "data", "sent_as", "mime"),
    [
        (K.IMAGE, JPEG, "image", "image/jpeg"),
        (K.IMAGE, b"GIF89a" + b"g" * 100, "document", "text/plain"),
        (K.IMAGE, JPEG + b"j" * 5 * 1024 * 1024, "document", "image/jpeg"),
        (K.FILE, PDF, "document", "application/pdf"),
        (K.FILE, b"PK\x03\x04" + b"z" * 100, "document", "text/plain"),
        (K.VOICE, OPUS, "audio", "audio/ogg; codecs=opus"),
        (K.AUDIO, MP3, "audio", "audio/mpeg"),
        (K.VOICE, MP3, "document", "audio/mpeg"),
        (K.STICKER, webp(512), "sticker", "image/webp"),
        (K.STICKER, webp(100), "document", "image/webp"),
        (K.VIDEO, b"\x1aE\xdf\xa3" + b"w" * 100, "document", "text/plain"),
        (K.ANIMATION, b"GIF89a" + b"g" * 100, "document", "text/plain"),
    ],
)
async def test_a_file_goes_as_what_whatsapp_takes_it_for(
    env: CloudEnv, tmp_path: Path, *, kind: K, data: bytes, sent_as: str, mime: str
) -> None:
    content, path = write_upload(tmp_path / "f", kind, data, name="n.bin")
    await env.deliver(content, file=path)
    [told] = await env.list_sent_messages()
    assert told["type"] == sent_as
    assert told["status"] == "sent"
    assert await env.graph.media(told["media"]) == data
    [body] = await env.list_bodies()
    assert body[sent_as].get("voice", False) is (data == OPUS)
    [uploaded] = await env.graph.calls("upload")
    assert uploaded["body"]["type"] == uploaded["body"]["file"]["mime"] == mime
    assert uploaded["body"]["file"]["name"] == "n.bin"
    await conforming(env)


async def test_a_long_caption_goes_on_as_a_text_and_audio_has_none(
    env: CloudEnv, tmp_path: Path
) -> None:
    content, path = write_upload(tmp_path / "f", K.IMAGE, JPEG)
    long = Content(type=K.IMAGE, text="word " * 300, file=content.file)
    await env.deliver(long, file=path)
    sound, path = write_upload(tmp_path / "g", K.AUDIO, MP3)
    await env.deliver(Content(type=K.AUDIO, text="Listen", file=sound.file), file=path)
    picture, rest, audio, words = await env.list_sent_messages()
    caption = picture["content"]["caption"]
    assert len(caption) <= 1024
    assert f"{caption} {rest['text']}".split() == ["word"] * 300
    assert (audio["type"], words["text"]) == ("audio", "Listen")


async def test_a_file_that_stands_at_meta_goes_by_its_id(env: CloudEnv) -> None:
    said = await env.graph.sends_media(env.ann, "image", JPEG)
    file = {"id": said["content"]["id"], "mime": "image/jpeg"}
    await env.deliver(Content(type=K.IMAGE, text="Yours", file=file))
    [told] = await env.list_sent_messages()
    assert told["content"] == {"id": file["id"], "caption": "Yours"}
    assert await env.graph.calls("upload") == []


@pytest.mark.parametrize(
    ("size", "words"), [(0, "the file is empty"), (100 * 1024 * 1024 + 1, "too large")]
)
async def test_what_no_document_can_be_is_refused_before_it_goes_up(
    env: CloudEnv, tmp_path: Path, size: int, words: str
) -> None:
    content, path = write_upload(tmp_path / "f", K.FILE, b"")
    with path.open("wb") as file:
        file.truncate(size)
    with pytest.raises(Rejected, match=words):
        await env.deliver(content, file=path)
    with pytest.raises(Rejected, match="no longer exists"):
        await env.deliver(content, file=tmp_path / "none")
    with pytest.raises(Rejected, match="no longer exists"):
        await env.deliver(content)
    assert await env.graph.calls() == []


async def test_places_and_contacts(env: CloudEnv) -> None:
    place = {"latitude": 52.5, "longitude": 13.4, "title": "Office", "address": "A street"}
    await env.deliver(Content(type=K.LOCATION, attributes=place))
    await env.deliver(Content(type=K.CONTACT, attributes={"phone": "+4930", "name": "Bob"}))
    where, who = await env.list_sent_messages()
    assert where["content"] == {
        "latitude": "52.5",
        "longitude": "13.4",
        "name": "Office",
        "address": "A street",
    }
    assert who["content"][0]["phones"] == [{"phone": "+4930"}]
    await conforming(env)


async def test_what_whatsapp_has_no_kind_for(env: CloudEnv) -> None:
    with pytest.raises(Rejected, match="does not have this type"):
        await env.deliver(Content(type=K.OTHER, attributes={"kind": "dice"}))
    with pytest.raises(Rejected, match="is empty"):
        await env.deliver(Content(text=" "))
    await env.deliver(Content(type=K.OTHER, text="a poll", attributes={"kind": "poll"}))
    assert [one["text"] for one in await env.list_sent_messages()] == ["a poll"]


async def test_buttons_lists_and_numbered_lines(env: CloudEnv) -> None:
    for many in (2, 9, 12):
        buttons = [[{"text": f"No {n}", "data": f"b{n}"}] for n in range(many)]
        await env.deliver(Content(text="Which?"), buttons=buttons)
    two, nine, twelve = await env.list_sent_messages()
    assert two["content"]["type"] == "button"
    assert nine["content"]["type"] == "list"
    assert twelve["text"].splitlines()[-1] == "12. No 11"
    await conforming(env)


async def test_a_template_with_a_picture_in_its_header(env: CloudEnv, tmp_path: Path) -> None:
    components = [{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "Hi {{1}}"}]
    await env.graph.add_template("welcome", components, language="en")
    about = {
        "name": "welcome",
        "language": "en",
        "components": [
            {"type": "header", "parameters": [{"type": "image", "image": {}}]},
            {"type": "body", "parameters": [{"type": "text", "text": "Ann"}]},
        ],
    }
    content, path = write_upload(tmp_path / "f", K.IMAGE, JPEG)
    shown = Content(type=K.IMAGE, text="Hi Ann", file=content.file, attributes={"template": about})
    await env.deliver(shown, file=path)
    plain = Content(text="Hi", attributes={"template": {**about, "components": []}})
    with pytest.raises(Rejected, match="132012"):
        await env.deliver(plain)
    [told] = await env.list_sent_messages()
    assert told["shown"]["body"] == "Hi Ann"
    assert told["content"]["components"][0]["parameters"][0]["image"]["id"]
    await conforming(env)


async def test_reactions_read_marks_and_typing(env: CloudEnv) -> None:
    heard = await env.graph.says(env.ann, "A question")
    place = Destination(PHONE, last_inbound_id=heard["id"])
    await env.sender.mark_read(place)
    assert not await env.graph.is_typing(env.ann)
    await env.sender.show_typing(place)
    assert await env.graph.is_typing(env.ann)
    await env.sender.react(build_delivery(Content(), targets=(heard["id"],), emoji="👍"))
    *_, said, reaction = await env.graph.messages(env.ann)
    assert said["read"]
    assert said["reactions"] == {"business": "👍"}
    await env.sender.react(build_delivery(Content(), targets=(heard["id"],), emoji=""))
    assert reaction["type"] == "reaction"
    [_, said, *_] = await env.graph.messages(env.ann)
    assert said["reactions"] == {}
    await env.sender.show_typing(Destination(PHONE))  # no customer message yet, so nothing to mark
    assert len(await env.graph.calls("read")) == 2


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"code": 131047}, WindowClosed),
        ({"code": 131026}, Rejected),
        ({"code": 190, "status": 401}, ChannelStopped),
        ({"code": 131056}, RateLimited),
        ({"code": 130429}, RateLimited),
        ({"code": 131016, "status": 503}, Unavailable),
        ({"code": 1, "status": 500}, Uncertain),
        ({"kind": "html"}, Uncertain),
        ({"kind": "html", "status": 502}, Uncertain),
        ({"kind": "html", "body": '{"messages": [{"id": ""}]}'}, Uncertain),
        ({"kind": "html", "body": "[" * 5000}, Uncertain),
        ({"kind": "html", "body": '{"messages": "x"}'}, Uncertain),
        ({"kind": "html", "body": '{"error": {"code": "x", "message": 5}}'}, Rejected),
        ({"kind": "drop_before"}, Uncertain),
        ({"kind": "drop_after"}, Uncertain),
    ],
)
async def test_what_follows_when_a_send_fails(
    env: CloudEnv, fault: dict[str, Any], kind: type[DeliveryError]
) -> None:
    await env.graph.fail("messages", **fault)
    with pytest.raises(DeliveryError) as failed:
        await env.deliver(Content(text="Hello"))
    assert type(failed.value) is kind
    assert TOKEN not in str(failed.value)
    assert (await env.deliver(Content(text="Again"))).provider_ids


async def test_a_failed_upload_has_sent_nothing_and_may_be_made_again(
    env: CloudEnv, tmp_path: Path
) -> None:
    content, path = write_upload(tmp_path / "f", K.IMAGE, JPEG)
    for fault in ({"kind": "drop_after"}, {"kind": "html"}, {"code": 1, "status": 500}):
        await env.graph.fail("upload", **fault)
        with pytest.raises(Unavailable):
            await env.deliver(content, file=path)
    assert await env.list_sent_messages() == []


async def test_a_failure_behind_the_first_message_does_not_send_it_again(
    env: CloudEnv, tmp_path: Path
) -> None:
    content, path = write_upload(tmp_path / "f", K.AUDIO, MP3)
    await env.graph.fail("messages", kind="late", seconds=0)  # the first message is sent
    await env.graph.fail("messages", code=131016)
    with pytest.raises(Rejected, match="only the first part"):
        await env.deliver(Content(type=K.AUDIO, text="Listen", file=content.file), file=path)
    assert [one["type"] for one in await env.list_sent_messages()] == ["audio"]


async def test_an_unreachable_server() -> None:
    sender = CloudSender(GraphClient("http://127.0.0.1:1", TOKEN, "1", "2"), "en")
    with pytest.raises(Unavailable):
        await sender.deliver(build_delivery(Content(text="Hello")))
    with pytest.raises(Unavailable):
        await sender.fetch_templates()
    await sender.close()


async def test_templates_page_by_page(env: CloudEnv) -> None:
    for number in range(130):
        body = [{"type": "BODY", "text": "Hi {{name}}"}]
        more = {"parameter_format": "NAMED"} if number == 7 else {}
        await env.graph.add_template(f"t{number}", body, language="en", **more)
    found = await env.sender.fetch_templates()
    assert [each.name for each in found] == [f"t{number}" for number in range(130)]
    assert [each.name for each in found if each.is_named] == ["t7"]
    assert {each.status for each in found} == {"APPROVED"}
    assert len(await env.graph.calls("templates")) == 2
    await env.graph.fail("templates", code=190, status=401)
    with pytest.raises(ChannelStopped):
        await env.sender.fetch_templates()
