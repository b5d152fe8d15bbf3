"""Files downloaded by the API: from customers and agents, whole or in ranges."""

import json
from typing import Any

import pytest

from db.ids import new_id
from sandbox.telegram.model.sample_files import SAMPLES
from tests.api.stage import Answer, ApiStage
from tests.flows.api_agents import log_in_agent, start_api_conversation
from tests.flows.customers import Customer
from tests.flows.files import MEGABYTE, upload_file
from tests.flows.stage import TOKEN, Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def send_file_as(stage: Stage, ann: Customer, kind: str, **more: Any) -> str:
    """Send a file as a customer; return our id of the message."""
    caption = f"{kind} {new_id()}"
    await ann.sends(kind, caption=caption, **more)
    kept = await stage.wait_for_state(ann, caption, "received")
    return str(kept["id"])


@pytest.mark.parametrize("kind", ["photo", "document", "voice", "video"])
async def test_what_a_customer_sent_can_be_fetched(stage: Stage, api: ApiStage, kind: str) -> None:
    mia, ann, _, _ = await start_api_conversation(stage, api)
    message_id = await send_file_as(stage, ann, kind)
    before = len(await stage.calls("getFile"))
    first = await mia.get(f"/messages/{message_id}/file")
    assert (first.status, first.raw) == (200, SAMPLES[kind][2])
    assert first.headers["ETag"]
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = await mia.get(f"/messages/{message_id}/file")
    assert again.raw == first.raw
    assert again.headers["ETag"] == first.headers["ETag"]
    assert len(await stage.calls("getFile")) == before + 1
    has = {"If-None-Match": first.headers["ETag"]}
    known = await mia.get(f"/messages/{message_id}/file", headers=has)
    assert (known.status, known.raw) == (304, b"")


async def test_an_agents_picture_of_the_topic_can_be_fetched(stage: Stage, api: ApiStage) -> None:
    _, ann, topic, _ = await start_api_conversation(stage, api)
    max_ = await stage.agent("Max", online=False)
    await max_.writes(topic, caption="from the topic", media={"kind": "photo"})
    kept = await stage.wait_for_state(ann, "from the topic", "sent")
    caller = await log_in_agent(api, max_)
    fetched = await caller.get(f"/messages/{kept['id']}/file")
    assert (fetched.status, fetched.raw) == (200, SAMPLES["photo"][2])


async def test_parts_of_a_file(stage: Stage, api: ApiStage) -> None:
    mia, ann, _, _ = await start_api_conversation(stage, api)
    path = f"/messages/{await send_file_as(stage, ann, 'photo')}/file"
    whole = (await mia.get(path)).raw
    size = len(whole)

    async def part(**headers: str) -> Answer:
        return await mia.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    for asked, start, end in (("0-9", 0, 10), ("10-", 10, size), ("-5", size - 5, size)):
        got = await part(Range=f"bytes={asked}")
        assert (got.status, got.raw) == (206, whole[start:end])
        assert got.headers["Content-Range"] == f"bytes {start}-{end - 1}/{size}"
        assert got.headers["Content-Length"] == str(end - start)
    behind = await part(Range=f"bytes={size}-")
    assert (behind.status, behind.problem) == (416, "no-such-range")
    assert behind.headers["Content-Range"] == f"bytes */{size}"
    nonsense = await part(Range="bytes=5-1")
    assert (nonsense.status, nonsense.raw) == (200, whole)
    etag = (await mia.get(path)).headers["ETag"]
    assert (await part(Range="bytes=0-1", If_Range=etag)).status == 206
    assert (await part(Range="bytes=0-1", If_Range='"other"')).raw == whole


async def test_others_files_are_not_there(stage: Stage, api: ApiStage) -> None:
    mia, ann, _, session = await start_api_conversation(stage, api)
    message_id = await send_file_as(stage, ann, "photo")
    await upload_file(mia, session, SAMPLES["photo"])  # now she holds the session
    tom = await api.person("Tom")
    refused = await tom.get(f"/messages/{message_id}/file")
    assert (refused.status, refused.problem) == (404, "not-found")
    text = (await stage.wait_for_state(ann, "hello", "received"))["id"]
    none = await mia.get(f"/messages/{text}/file")
    assert (none.status, none.problem) == (409, "conflict")


@pytest.mark.parametrize(
    ("fault", "answered"),
    [
        ({"code": 400, "description": "file is too big"}, (409, "file-out-of-reach")),
        ({"code": 400, "description": "wrong file_id"}, (502, "provider-refused")),
        ({"code": 500}, (503, "unavailable")),
        ({"code": 502, "body": "<html>Bad Gateway"}, (503, "unavailable")),
        ({"code": 429, "retry_after": 3}, (503, "unavailable")),
        ({"kind": "drop_before"}, (503, "unavailable")),
        ({"code": 401, "description": "Unauthorized"}, (503, "unavailable")),
    ],
)
async def test_what_telegram_does_not_hand_out(
    stage: Stage,
    api: ApiStage,
    fault: dict[str, Any],
    answered: tuple[int, str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    mia, ann, _, _ = await start_api_conversation(stage, api)
    message_id = await send_file_as(stage, ann, "photo")
    await stage.telegram.fail("getFile", **fault)
    refused = await mia.get(f"/messages/{message_id}/file")
    assert (refused.status, refused.problem) == answered
    said = "".join(capsys.readouterr())
    for text in (refused.raw.decode(), json.dumps(dict(refused.headers)), said):
        assert TOKEN not in text
        assert TOKEN.partition(":")[2] not in text
    assert (await mia.get(f"/messages/{message_id}/file")).status == 200


async def test_a_file_over_twenty_megabytes_is_out_of_reach(stage: Stage, api: ApiStage) -> None:
    mia, ann, _, _ = await start_api_conversation(stage, api)
    caption = f"large {new_id()}"
    media = {"kind": "document", "size": 21 * MEGABYTE}
    await stage.telegram.say(int(ann.address), media=media, caption=caption)
    kept = await stage.wait_for_state(ann, caption, "received")
    refused = await mia.get(f"/messages/{kept['id']}/file")
    assert (refused.status, refused.problem) == (409, "file-out-of-reach")
    assert "20 MB" in refused.body["detail"]
