"""Files by the API: sent to customers, shown in topics."""

import asyncio
from typing import Any

import aiohttp
import pytest

from db.ids import MessageId, new_id
from desk.media.upload_store import UploadStore
from sandbox.telegram.model.sample_files import SAMPLES, png
from tests.api.stage import ApiStage
from tests.flows.api_agents import start_api_conversation
from tests.flows.eventually import eventually
from tests.flows.files import (
    GIF,
    MEGABYTE,
    TYPES,
    build_form,
    download_from_telegram,
    find_telegram_message,
    list_media_files,
    upload_file,
)
from tests.flows.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("kind", TYPES)
async def test_each_kind_goes_as_what_it_is(stage: Stage, api: ApiStage, kind: str) -> None:
    mia, ann, topic, session = await start_api_conversation(stage, api)
    name, mime, data = GIF if kind == "animation" else SAMPLES[kind]
    said = await upload_file(mia, session, (name, mime, data), caption="look at this")
    assert said.status == 201, said.body
    assert said.body["message_type"] == TYPES[kind]
    assert said.body["file"]["name"] == name
    assert said.body["file"]["size"] == len(data)
    heard = await ann.wait_for("look at this")
    assert (heard.kind, heard.text) == (kind, "look at this")
    there = await find_telegram_message(stage, int(ann.address), heard.id)
    assert await download_from_telegram(stage, there[kind]) == data
    if kind == "document":
        assert there["document"]["file_name"] == name
    shown = await topic.wait_for("look at this")
    assert (shown.kind, shown.text) == (kind, f"{mia.name}: look at this")
    await stage.wait_for_state(ann, "look at this", "sent")

    url = said.body["file"]["url"].removeprefix("/api/v1")
    fetched = await mia.get(url)
    assert (fetched.status, fetched.raw) == (200, data)
    shows = kind != "document"
    assert fetched.headers["Content-Type"] == (mime if shows else "text/plain")
    how = "inline" if shows else "attachment"
    assert fetched.headers["Content-Disposition"].startswith(f'{how}; filename="{name}"')
    assert fetched.headers["X-Content-Type-Options"] == "nosniff"


async def test_without_a_caption_the_topic_still_says_whose_it_is(
    stage: Stage, api: ApiStage
) -> None:
    mia, ann, topic, session = await start_api_conversation(stage, api)
    await upload_file(mia, session, SAMPLES["photo"])

    async def arrived() -> bool:
        return any(each.kind == "photo" and not each.text for each in await ann.list_received())

    await eventually(arrived, "a picture without words")
    assert (await topic.wait_for(f"{mia.name}:")).kind == "photo"


async def test_a_note_with_a_file_stays_among_staff(stage: Stage, api: ApiStage) -> None:
    mia, ann, topic, session = await start_api_conversation(stage, api)
    said = await upload_file(mia, session, SAMPLES["photo"], caption="evidence", internal="true")
    assert said.body["direction"] == "internal"
    assert (await topic.wait_for("evidence")).text == f"// {mia.name}: evidence"
    await upload_file(mia, session, SAMPLES["document"], caption="for you")
    await ann.wait_for("for you")
    assert not [each for each in await ann.list_received() if each.kind == "photo"]


async def test_a_file_answers_and_is_answered(stage: Stage, api: ApiStage) -> None:
    mia, ann, topic, session = await start_api_conversation(stage, api)
    question = await ann.says("have you a picture?")
    asked = (await stage.wait_for_state(ann, "have you a picture?", "received"))["id"]
    await upload_file(mia, session, SAMPLES["photo"], caption="this one", reply_to=asked)
    heard = await ann.wait_for("this one")
    assert heard.reply_to == question
    shown = await topic.wait_for(f"{mia.name}: this one")
    assert shown.reply_to == (await topic.wait_for("have you a picture?")).id
    # No reply comes in the moment before the file's message id is stored.
    await stage.wait_for_state(ann, "this one", "sent")
    await ann.says("thanks", reply_to=heard)
    assert (await topic.wait_for("thanks")).reply_to == shown.id


async def test_as_a_document_it_stays_as_it_is(stage: Stage, api: ApiStage) -> None:
    mia, ann, _, session = await start_api_conversation(stage, api)
    said = await upload_file(
        mia, session, SAMPLES["photo"], caption="the original", as_document="true"
    )
    assert said.body["message_type"] == "FILE"
    assert (await ann.wait_for("the original")).kind == "document"


@pytest.mark.parametrize(
    ("name", "mime", "data"),
    [
        ("page.html", "text/html", b"<script>alert(1)</script>"),
        ("drawing.svg", "image/svg+xml", b'<svg onload="alert(1)"/>'),
        ("thing.bin", None, b"\x00\x01\x02"),
    ],
)
async def test_what_might_run_is_a_document_and_an_attachment(
    stage: Stage, api: ApiStage, name: str, mime: str, data: bytes
) -> None:
    mia, ann, _, session = await start_api_conversation(stage, api)
    said = await upload_file(mia, session, (name, mime, data), caption="careful")
    assert said.body["message_type"] == "FILE"
    assert (await ann.wait_for("careful")).kind == "document"
    fetched = await mia.get(f"/messages/{said.body['id']}/file")
    assert fetched.headers["Content-Type"] == "application/octet-stream"
    assert fetched.headers["Content-Disposition"].startswith("attachment")
    assert "default-src 'none'" in fetched.headers["Content-Security-Policy"]
    assert fetched.raw == data


@pytest.mark.parametrize(
    ("file", "fields", "faults"),
    [
        (("x.png", "image/png", b"<html><script>"), {}, {"file": "bytes_disagree"}),
        (("x.jpg", "image/jpeg", b"GIF89a......"), {}, {"file": "bytes_disagree"}),
        (("x.mp4", "video/mp4", b"MZ\x90\x00"), {}, {"file": "bytes_disagree"}),
        (("x.txt", "text/plain", b""), {}, {"file": "empty"}),
        (SAMPLES["photo"], {"caption": "x" * 1025}, {"caption": "too_long"}),
        (SAMPLES["photo"], {"caption": "🦊" * 513}, {"caption": "value_error"}),
        (SAMPLES["photo"], {"caption": "a\x00b"}, {"caption": "value_error"}),
        (SAMPLES["photo"], {"reply_to": "x"}, {"reply_to": "string_pattern_mismatch"}),
        (SAMPLES["photo"], {"reply_to": new_id()}, {"reply_to": "unknown"}),
        (SAMPLES["photo"], {"as_document": "perhaps"}, {"as_document": "bool_parsing"}),
        (SAMPLES["photo"], {"path": "/etc"}, {"path": "extra_forbidden"}),
    ],
    ids=lambda each: "-".join(each) if isinstance(each, dict) else "",
)
async def test_what_is_wrong_is_named_and_leaves_nothing(
    stage: Stage, api: ApiStage, file: Any, fields: Any, faults: Any
) -> None:
    mia, _, _, session = await start_api_conversation(stage, api)
    before = list_media_files(stage)
    refused = await upload_file(mia, session, file, **fields)
    assert (refused.status, refused.faults) == (422, faults)
    assert list_media_files(stage) == before


async def test_a_form_without_a_file_or_with_two(stage: Stage, api: ApiStage) -> None:
    mia, _, _, session = await start_api_conversation(stage, api)
    path = f"/sessions/{session}/files"
    empty = aiohttp.FormData()
    empty.add_field("caption", "where is it?", content_type="text/plain")
    refused = await mia.post(path, data=empty)
    assert (refused.status, refused.faults) == (422, {"file": "missing"})
    two = build_form(*SAMPLES["photo"])
    two.add_field("file", b"again", filename="b")
    refused = await mia.post(path, data=two)
    assert (refused.status, refused.faults) == (422, {"file": "given_twice"})
    twice = build_form(*SAMPLES["photo"], caption="one")
    twice.add_field("caption", "two")
    refused = await mia.post(path, data=twice)
    assert (refused.status, refused.faults) == (422, {"caption": "given_twice"})
    answer = await mia.post(path, {"file": "x"})
    assert (answer.status, answer.problem) == (415, "unsupported-media-type")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("naïve \u202efdp.exe", "naïve fdp.exe"),
        ("x" * 300 + ".txt", "x" * 116 + ".txt"),
        ("....", None),
    ],
)
async def test_names_are_only_names(
    stage: Stage, api: ApiStage, given: str, kept: str | None
) -> None:
    mia, ann, _, session = await start_api_conversation(stage, api)
    said = await upload_file(mia, session, (given, "text/plain", b"words"), caption=f"named {kept}")
    assert said.body["file"]["name"] == kept
    heard = await ann.wait_for(f"named {kept}")
    there = await find_telegram_message(stage, int(ann.address), heard.id)
    assert there["document"]["file_name"] == (kept or "file")
    fetched = await mia.get(f"/messages/{said.body['id']}/file")
    assert fetched.raw == b"words"
    root = stage.settings.media_dir.resolve()
    place = UploadStore(root).path_of(MessageId(said.body["id"]))
    assert place in list_media_files(stage)
    assert all(path.is_relative_to(root) for path in list_media_files(stage))


async def test_the_same_key_sends_one_file(stage: Stage, api: ApiStage) -> None:
    mia, ann, _, session = await start_api_conversation(stage, api)
    path, headers = f"/sessions/{session}/files", {"Idempotency-Key": "file-1"}
    before = len(list_media_files(stage))
    answers = await asyncio.gather(
        *(
            mia.post(path, data=build_form(*SAMPLES["photo"], caption="once"), headers=headers)
            for _ in range(4)
        )
    )
    assert {(each.status, each.raw) for each in answers} == {(201, answers[0].raw)}
    assert len(list_media_files(stage)) == before + 1
    changed = await mia.post(
        path, data=build_form(*SAMPLES["photo"], caption="other"), headers=headers
    )
    assert (changed.status, changed.problem) == (422, "key-used-otherwise")
    other = await mia.post(
        path, data=build_form(*SAMPLES["video"], caption="once"), headers=headers
    )
    assert other.status == 422
    assert len(list_media_files(stage)) == before + 1
    await upload_file(mia, session, SAMPLES["document"], caption="the end")
    await ann.wait_for("the end")
    assert len([each for each in await ann.list_received() if each.text == "once"]) == 1


async def test_who_may_not_upload_is_told_before_anything_is_read(
    stage: Stage, api: ApiStage
) -> None:
    mia, _, _, session = await start_api_conversation(stage, api)
    await upload_file(mia, session, SAMPLES["photo"])
    tom = await api.person("Tom")
    before = list_media_files(stage)
    refused = await upload_file(tom, session, SAMPLES["photo"])
    assert (refused.status, refused.problem) == (404, "not-found")
    assert list_media_files(stage) == before


async def test_a_large_file_arrives_whole(stage: Stage, api: ApiStage) -> None:
    mia, ann, _, session = await start_api_conversation(stage, api)
    data = bytes(range(256)) * (30 * MEGABYTE // 256)
    said = await upload_file(mia, session, ("big.bin", None, data), caption="big")
    assert said.status == 201
    heard = await ann.wait_for("big")
    there = await find_telegram_message(stage, int(ann.address), heard.id)
    assert there["document"]["file_size"] == len(data)
    fetched = await mia.get(f"/messages/{said.body['id']}/file")
    assert fetched.raw == data


async def test_limits_of_size(stage: Stage, api: ApiStage) -> None:
    mia, ann, _, session = await start_api_conversation(stage, api)
    before = list_media_files(stage)
    picture = ("big.png", "image/png", png() + bytes(10 * MEGABYTE))
    refused = await upload_file(mia, session, picture)
    assert (refused.status, refused.problem) == (413, "too-large")
    assert "as_document" in refused.body["detail"]
    huge = await upload_file(mia, session, ("huge.bin", None, bytes(50 * MEGABYTE + 1)))
    assert (huge.status, huge.problem) == (413, "too-large")
    assert list_media_files(stage) == before
    taken = await upload_file(mia, session, picture, as_document="true", caption="taken")
    assert taken.status == 201
    await ann.wait_for("taken")


async def test_what_telegram_takes_for_no_picture_goes_as_a_document(
    stage: Stage, api: ApiStage
) -> None:
    mia, ann, _, session = await start_api_conversation(stage, api)
    words = "PHOTO_INVALID_DIMENSIONS"
    await stage.telegram.fail("sendPhoto", chat_id=int(ann.address), code=400, description=words)
    await upload_file(mia, session, SAMPLES["photo"], caption="too wide")
    assert (await ann.wait_for("too wide")).kind == "document"
    await stage.wait_for_state(ann, "too wide", "sent")


async def test_an_upload_that_is_not_there_any_more(stage: Stage, api: ApiStage) -> None:
    mia, ann, topic, session = await start_api_conversation(stage, api)
    await stage.telegram.fail("sendPhoto", chat_id=int(ann.address), code=500)
    said = await upload_file(mia, session, SAMPLES["photo"], caption="lost")
    await eventually(
        lambda: stage.telegram.calls("sendPhoto", int(ann.address)), "Telegram fails once"
    )
    UploadStore(stage.settings.media_dir).discard(MessageId(said.body["id"]))
    await stage.fast_forward(
        topic.wait_for("Not delivered: the file is no longer available (it is not in MEDIA_DIR")
    )
    await stage.wait_for_state(ann, "lost", "failed")
    gone = await mia.get(f"/messages/{said.body['id']}/file")
    assert (gone.status, gone.problem) == (502, "provider-refused")
