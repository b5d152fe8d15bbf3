"""Administrators set up webhooks, within limits; no response shows a secret twice."""

from typing import Any

import pytest

from db.ids import new_id
from desk.webhooks.management import MAX_WEBHOOKS
from tests.api.stage import ApiStage, Person

pytestmark = pytest.mark.asyncio(loop_scope="module")
GOOD = "https://hooks.example.com/desk?for=us"


async def made(ada: Person, **more: Any) -> Any:
    answer = await ada.post("/webhooks", {"name": "Hook", "url": GOOD, **more})
    assert answer.status == 201, answer.body
    return answer.body


async def test_what_is_made_is_shown_without_its_secret(api: ApiStage) -> None:
    ada = await api.admin()
    hook = await made(ada, events=["message.new"])
    secret = hook.pop("secret")
    assert secret.startswith("whsec_")
    shown = await ada.get(f"/webhooks/{hook['id']}")
    assert shown.body == hook
    assert hook["url"] == GOOD
    assert (hook["is_active"], hook["failures"], hook["events"]) == (True, 0, ["message.new"])
    listed = (await ada.get("/webhooks")).body
    assert hook in listed["items"]
    assert "message.new" in listed["event_kinds"]
    assert "typing" not in listed["event_kinds"]
    [kept] = await api.rows("SELECT secret FROM webhooks WHERE id = :id", id=hook["id"])
    assert secret not in kept["secret"]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://hooks.example.com/", "not_https"),
        ("https://127.0.0.1/", "private"),
        ("https://10.0.0.1:8443/x", "private"),
        ("https://[::1]/", "private"),
        ("https://[::ffff:169.254.169.254]/latest", "private"),
        ("ftp://hooks.example.com/", "string_pattern_mismatch"),
        ("https://", "string_pattern_mismatch"),
        ("https:///path", "value_error"),
        ("https://me:secret@hooks.example.com/", "value_error"),
        ("https://hooks.example.com/#part", "value_error"),
        ("https://hooks.example.com:99999/", "value_error"),
        ("https://[::1", "value_error"),
        ("https://exa mple.com/", "string_pattern_mismatch"),
        ("https://example.com/\r\nX-Header: 1", "string_pattern_mismatch"),
        ("https://example.com/" + "x" * 2000, "string_too_long"),
        ("", "string_pattern_mismatch"),
    ],
)
async def test_an_address_that_leads_nowhere_good_is_refused(
    api: ApiStage, url: str, code: str
) -> None:
    ada = await api.admin()
    hook = await made(ada)
    for answer in (
        await ada.post("/webhooks", {"name": "Hook", "url": url}),
        await ada.patch(f"/webhooks/{hook['id']}", {"url": url}),
    ):
        assert answer.problem == "invalid", answer.body
        assert answer.faults == {"url": code}


@pytest.mark.parametrize(
    "body",
    [
        {"events": ["typing"]},
        {"events": ["message.sent"]},
        {"events": ["message.new"] * 51},
        {"name": ""},
        {"name": "x" * 121},
        {"name": None},
        {"url": None},
        {"events": None},
        {"is_active": None},
        {"is_active": "yes"},
        {"secret": "whsec_mine"},
    ],
)
async def test_what_is_not_right_is_refused(api: ApiStage, body: dict[str, Any]) -> None:
    ada = await api.admin()
    hook = await made(ada)
    answer = await ada.patch(f"/webhooks/{hook['id']}", body)
    assert answer.problem == "invalid"
    assert next(iter(answer.faults)).partition(".")[0] in body
    assert (await ada.get(f"/webhooks/{hook['id']}")).body["name"] == "Hook"


async def test_deliveries_of_another_webhook_are_not_there(api: ApiStage) -> None:
    ada = await api.admin()
    one, other = await made(ada), await made(ada)
    tried = (await ada.post(f"/webhooks/{one['id']}/test")).body
    path = f"/webhooks/{other['id']}/deliveries/{tried['id']}/replay"
    assert (await ada.post(path)).problem == "not-found"
    waiting = f"/webhooks/{one['id']}/deliveries/{tried['id']}/replay"
    assert (await ada.post(waiting)).problem == "conflict"
    page = await ada.get(f"/webhooks/{one['id']}/deliveries", params={"state": "pending"})
    assert [each["id"] for each in page.body["items"]] == [tried["id"]]
    none = await ada.get(f"/webhooks/{one['id']}/deliveries", params={"state": "parked"})
    assert none.body["items"] == []


async def test_pages_of_deliveries_lead_on_and_back(api: ApiStage) -> None:
    ada = await api.admin()
    hook = await made(ada)
    ids = [(await ada.post(f"/webhooks/{hook['id']}/test")).body["id"] for _ in range(5)]
    for more in ({}, {"state": "pending"}):
        path, seen, cursor = f"/webhooks/{hook['id']}/deliveries", [], None
        while True:
            query = {"limit": "2", **more, **({"cursor": cursor} if cursor else {})}
            page = (await ada.get(path, params=query)).body
            seen += [each["id"] for each in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert seen == ids[::-1]
        back = (await ada.get(path, params={"limit": "2", **more, "cursor": page["previous"]})).body
        assert [each["id"] for each in back["items"]] == ids[::-1][2:4]


async def test_there_is_an_end_to_how_many_there_are(api: ApiStage) -> None:
    ada = await api.admin()
    for row in await api.rows("SELECT id FROM webhooks WHERE deleted_at IS NULL"):
        await ada.delete(f"/webhooks/{row['id']}")
    for _ in range(MAX_WEBHOOKS):
        last = await made(ada)
    assert (await ada.post("/webhooks", {"name": "Hook", "url": GOOD})).problem == "conflict"
    assert (await ada.delete(f"/webhooks/{last['id']}")).status == 204
    await made(ada)
    assert len((await ada.get("/webhooks")).body["items"]) == MAX_WEBHOOKS
    assert (await ada.get(f"/webhooks/{new_id()}")).problem == "not-found"
