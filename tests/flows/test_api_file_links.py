"""Links to files that need no access token: for pictures in a page, videos and downloads."""

import shutil
from typing import Any

import pytest

from db.ids import new_id
from sandbox.telegram.model.sample_files import SAMPLES
from tests.api.stage import ApiStage
from tests.api.stage import Person as Caller
from tests.flows.api_agents import start_api_conversation
from tests.flows.files import upload_file
from tests.flows.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
HAS_FFMPEG = shutil.which("ffmpeg") is not None


async def links_of(caller: Caller, *messages: str) -> list[dict[str, Any]]:
    answer = await caller.post("/file-links", {"message_ids": list(messages)})
    assert answer.status == 200, answer.body
    items: list[dict[str, Any]] = answer.body["items"]
    return items


def path_of(url: str) -> str:
    return url.removeprefix("/api/v1")


async def test_a_link_shows_what_its_log_in_may_see(stage: Stage, api: ApiStage) -> None:
    mia, _, _, session = await start_api_conversation(stage, api)
    tom = await api.person("Tom")
    name, mime, data = SAMPLES["photo"]
    photo = (await upload_file(mia, session, (name, mime, data))).body["id"]
    document = (await upload_file(mia, session, SAMPLES["document"])).body["id"]
    text = (await mia.post(f"/sessions/{session}/messages", {"text": "no file"})).body["id"]
    # In the order of the request, and only what there is to see.
    shown = await links_of(mia, document, text, new_id(), photo, photo)
    assert [each["message_id"] for each in shown] == [document, photo]
    assert await links_of(tom, photo, document) == []
    assert shown[0]["thumbnail_url"] is None
    links = shown[1]

    fetched = await api.ask("GET", path_of(links["url"]))
    assert (fetched.status, fetched.raw) == (200, data)
    assert fetched.headers["Content-Type"] == mime
    assert fetched.headers["Content-Disposition"].startswith("inline")
    assert "Access-Control-Allow-Origin" not in fetched.headers
    part = await api.ask("GET", path_of(links["url"]), headers={"Range": "bytes=1-4"})
    assert (part.status, part.raw) == (206, data[1:5])
    same = {"If-None-Match": fetched.headers["ETag"]}
    assert (await api.ask("GET", path_of(links["url"]), headers=same)).status == 304
    saved = await api.ask("GET", path_of(links["download_url"]))
    assert (saved.status, saved.raw) == (200, data)
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert saved.headers["Access-Control-Allow-Origin"] == "https://web.telegram.org"
    if HAS_FFMPEG:
        small = await api.ask("GET", path_of(links["thumbnail_url"]))
        assert (small.status, small.headers["Content-Type"]) == (200, "image/jpeg")
        assert small.raw.startswith(b"\xff\xd8\xff")

    # Tom gets the session: Mia's links show her nothing any more.
    ada = await api.admin()
    given = await ada.post(f"/sessions/{session}/assign", {"agent_id": tom.agent_id})
    assert given.status == 200, given.body
    for url in ("url", "download_url"):
        assert (await api.ask("GET", path_of(links[url]))).problem == "not-found"
    [toms] = await links_of(tom, photo)
    assert (await api.ask("GET", path_of(toms["url"]))).raw == data
    await tom.post("/auth/logout")
    gone = await api.ask("GET", path_of(toms["url"]))
    assert (gone.status, gone.problem) == (404, "not-found")


async def test_a_changed_link_leads_nowhere(stage: Stage, api: ApiStage) -> None:
    mia, _, _, session = await start_api_conversation(stage, api)
    photo = (await upload_file(mia, session, SAMPLES["photo"])).body["id"]
    other = (await upload_file(mia, session, SAMPLES["voice"])).body["id"]
    [links] = await links_of(mia, photo)
    path = path_of(links["url"])
    _, _, key = path.partition("&key=")
    user, log_in, version, until, mac = key.split(".")
    wrong = [
        path.replace(photo, other),
        path.replace("what=file", "what=download"),
        path.replace(user, new_id()),
        path.replace(log_in, new_id()),
        path.replace(f".{version}.{until}", f".{int(version) + 1}.{until}"),
        path.replace(until, str(int(until) + 900)),
        path.replace(mac, "A" * 43),
    ]
    for each in wrong:
        answer = await api.ask("GET", each)
        assert (answer.status, answer.problem) == (404, "not-found"), each
    for each in (
        f"/files/{photo}",
        path.replace(key, "x"),
        path.replace("what=file", "what=all"),
        f"{path}&key={key}",
    ):
        assert (await api.ask("GET", each)).status == 422, each
    broken = [[], ["x"], [new_id()] * 101, "x", None]
    for ids in broken:
        assert (await mia.post("/file-links", {"message_ids": ids})).status == 422
