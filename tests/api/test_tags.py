"""Tags in the API: put on sessions, filtered by, renamed, deleted, and gone with their client."""

import json
from collections.abc import AsyncIterator

import pytest

from tests.api.event_stream import open_event_stream
from tests.api.history import HistoryBuilder
from tests.api.stage import ApiStage, Json, Person, run_api
from tests.api.test_sessions import ids


@pytest.fixture
async def own_api(migrated_url: str) -> AsyncIterator[ApiStage]:
    """A running API on a database of the test's own, with a worker that runs jobs."""
    async with run_api(migrated_url, is_worker=True) as stage:
        yield stage


async def tag(by: Person, session: str, *add: str, remove: tuple[str, ...] = ()) -> list[Json]:
    answer = await by.patch(f"/sessions/{session}/tags", {"add": add, "remove": remove})
    assert answer.status == 200, answer.body
    found: list[Json] = answer.body["tags"]
    return found


async def test_tags_are_put_on_sessions_and_lists_are_filtered_by_them(own_api: ApiStage) -> None:
    mia, tom = await own_api.person("Mia"), await own_api.person("Tom")
    ada, past = await own_api.admin(), await HistoryBuilder.on_a_channel(own_api)
    first = await past.session(mia, ended=True, says=["Hi"])
    second = await past.session(tom, again=first)
    other = await past.session(mia)
    async with open_event_stream(own_api, mia.token) as ears:
        [late, refund] = await tag(mia, first, "Refund", "late")
        heard = await ears.wait_for_event("session.tags", session=first)
    assert heard.data["session"]["tags"] == [late, refund]
    assert (late["name"], refund["name"]) == ("late", "Refund")
    assert await tag(tom, second, "REFUND") == [refund]
    assert await tag(mia, other, "late") == [late]
    assert (await mia.get("/tags")).body["items"] == [
        {**late, "sessions": 2},
        {**refund, "sessions": 2},
    ]
    of_refund, of_late = f"tag_id={refund['id']}", f"tag_id={late['id']}"
    assert await ids(ada, of_refund) == [second, first]
    assert await ids(ada, f"{of_refund}&status=ENDED&limit=1") == [first]
    assert await ids(mia, of_refund) == [first]
    assert await ids(mia, f"{of_late}&limit=1") == [other, first]
    assert await ids(mia, f"{of_late}&oldest_first=true") == [first, other]
    assert await ids(ada, f"{of_late}&q=hi") == [first]
    assert await ids(ada, f"tag_id={past.channel_id}") == []
    conversation, client = await past.of(first)
    lone = (await past.of(other))[0]
    # A conversation has the tags of its last session, as far as one sees them.
    assert await ids(ada, of_late, path="/conversations") == [lone]
    assert await ids(ada, of_refund, path="/conversations") == [conversation]
    assert await ids(mia, f"{of_late}&limit=1", path="/conversations") == [lone, conversation]
    assert await ids(tom, of_late, path="/conversations") == []
    assert await ids(tom, f"{of_refund}&q=ann", path="/conversations") == [conversation]
    assert await ids(ada, f"{of_refund}&unread=true", path="/conversations") == []
    shown = (await tom.get(f"/conversations/{conversation}")).body
    assert shown["session"]["tags"] == [refund]
    assert await ids(ada, of_late, path=f"/clients/{client}/sessions") == [first]
    report = (
        await ada.get("/reports?report=workload&by=tag&first_day=2026-01-01&last_day=2026-01-31")
    ).body
    assert report["columns"][:2] == ["tag_id", "tag"]
    assert await tag(mia, first, remove=("late", "unknown")) == [refund]


async def test_bad_tags_are_refused_with_the_reason(own_api: ApiStage) -> None:
    mia = await own_api.person("Mia")
    session = await own_api.session(mia)
    path = f"/sessions/{session}/tags"
    for name, code in (
        ("x" * 1000, "string_too_long"),
        ("x" * 51, "string_too_long"),
        ("", "string_too_short"),
        ("#", "empty"),
        ("a, b", "comma"),
        ("a\nb", "control"),
    ):
        answer = await mia.patch(path, {"add": ["fine", name]})
        assert (answer.status, list(answer.faults.values())) == (422, [code]), answer.body
    too_long = (await mia.patch(path, {"add": ["x" * 1000]})).body["errors"][0]
    assert too_long["field"] == "add.0"
    assert too_long["message"] == "String should have at most 50 characters"
    assert (await mia.patch(path, {"add": ["x"] * 21})).status == 422
    assert (await mia.patch(path, {"add": None})).status == 422
    assert await tag(mia, session) == []
    assert (await mia.get("/tags")).body["items"] == []
    await tag(mia, session, *(f"tag {number}" for number in range(20)))
    full = await mia.patch(path, {"add": ["one more"]})
    assert full.faults == {"add": "too_many"}


async def test_administrators_rename_and_delete_tags(own_api: ApiStage) -> None:
    mia, ada = await own_api.person("Mia"), await own_api.admin()
    session = await own_api.session(mia)
    [late, refund] = await tag(mia, session, "late", "refund")
    path = f"/tags/{refund['id']}"
    taken = await ada.patch(path, {"name": " LATE "})
    assert (taken.status, taken.body["detail"]) == (
        409,
        "there is a tag of this name already: late",
    )
    assert taken.headers["Content-Language"] == "en"
    for accepted in ("id", "id-ID,id;q=0.9,en;q=0.8"):
        spoken = {"Accept-Language": accepted}
        refused = await ada.patch(path, {"name": " LATE "}, headers=spoken)
        assert refused.headers["Content-Language"] == "id"
        assert (refused.problem, refused.body["title"], refused.body["detail"]) == (
            "conflict",
            "Tidak mungkin pada keadaan sekarang",
            "sudah ada tag dengan nama ini: late",
        )
    blank = await ada.post("/clients", {"name": " "}, headers={"Accept-Language": "id"})
    assert [each["message"] for each in blank.body["errors"]] == ["tidak boleh kosong"]
    assert (await ada.patch(path, {"name": "a,b"})).faults == {"name": "value_error"}
    renamed = await ada.patch(path, {"name": "Money back"})
    assert renamed.body == {"id": refund["id"], "name": "Money back", "sessions": 1}
    assert (await ada.patch(path, {"name": "MONEY BACK"})).body["name"] == "MONEY BACK"
    assert (await mia.patch(path, {"name": "x"})).status == 403
    assert (await ada.delete(f"/tags/{late['id']}")).status == 204
    assert (await ada.delete(f"/tags/{late['id']}")).status == 404
    assert (await mia.get(f"/sessions/{session}")).body["tags"] == [
        {"id": refund["id"], "name": "MONEY BACK"}
    ]
    [entry] = await own_api.audit("tag.deleted")
    assert json.loads(entry["details"]) == {"name": "late", "sessions": 1}


async def test_what_only_a_deleted_client_had_goes_with_them(own_api: ApiStage) -> None:
    mia, ada = await own_api.person("Mia"), await own_api.admin()
    past = await HistoryBuilder.on_a_channel(own_api)
    first, other = await past.session(mia), await past.session(mia, name="Ben")
    await tag(mia, first, "Ann's lost parcel", "refund")
    [refund] = await tag(mia, other, "refund")
    client = (await past.of(first))[1]
    exported = json.loads((await ada.get(f"/clients/{client}/export")).raw)
    assert exported["sessions"][0]["tags"] == ["Ann's lost parcel", "refund"]
    assert (await own_api.erase(ada, client)).status == 204
    assert (await ada.get("/tags")).body["items"] == [{**refund, "sessions": 1}]
    assert await ids(mia, f"tag_id={refund['id']}") == [other]
