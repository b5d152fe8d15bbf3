"""Channels in the API: accepted and refused values, hidden secrets, audit entries.

tests/flows/test_api_channels.py tests that they are served.
"""

import asyncio
import json
from typing import Any

import pytest

from db.ids import new_id
from desk.accounts.encryption import Encryptor
from tests.api.channel_scene import OTHER, TOKEN, Scene
from tests.api.stage import SECRET_KEY


async def test_a_channel_is_made_and_shown_without_its_secret(on: Scene) -> None:
    group = await on.group(654321)
    mia = await on.api.person()
    answer = await on.add(
        name="Shop",
        language="id",
        staff_groups=[group],
        offline_policy="pass_on",
        agent_ids=[mia.agent_id],
    )
    assert answer.status == 201, answer.body
    made = answer.body
    assert (made["kind"], made["external_id"], made["username"]) == (
        "telegram",
        "654321",
        "second_bot",
    )
    assert (made["name"], made["language"], made["offline_policy"]) == ("Shop", "id", "pass_on")
    assert made["agent_ids"] == [mia.agent_id]
    assert (made["is_active"], made["has_credentials"]) == (True, True)
    assert (made["from_environment"], made["is_open"]) == (False, True)
    assert [each["id"] for each in made["staff_groups"]] == [group]
    assert {each["mark"] for each in made["last_check"]} <= {"good", "warn"}
    path = f"/channels/{made['id']}"
    assert (await on.ada.get(path)).body == made
    assert (await on.ada.get("/channels")).body["items"] == [made]
    everything = [
        answer.raw,
        (await on.ada.get("/audit-log")).raw,
        (await on.ada.post(f"{path}/test")).raw,
        json.dumps(await on.api.rows("SELECT * FROM channels"), default=str).encode(),
    ]
    assert not any(TOKEN.encode() in each or b"BBBBBB" in each for each in everything)
    [row] = await on.api.rows("SELECT credentials FROM channels")
    assert Encryptor(SECRET_KEY).decrypt(row["credentials"]) == {"token": TOKEN}


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, {"credentials": "missing"}),
        ({"credentials": {}}, {"credentials.token": "missing"}),
        ({"credentials": {"token": "x"}}, {"credentials.token": "string_pattern_mismatch"}),
        ({"credentials": {"token": TOKEN + "\n"}}, {"credentials.token": None}),
        ({"credentials": {"token": "1:" + "A" * 500}}, {"credentials.token": None}),
        ({"credentials": {"token": TOKEN}, "kind": "fax"}, {"": "kind"}),
        ({"credentials": {"token": TOKEN}, "kind": 5}, {"": "kind"}),
        ([], {"": "kind"}),
        ({"credentials": {"token": TOKEN}, "name": ""}, {"name": "string_too_short"}),
        ({"credentials": {"token": TOKEN}, "language": "xx"}, {"language": "literal_error"}),
        ({"credentials": {"token": TOKEN}, "staff_groups": ["5"]}, {"staff_groups.0": None}),
        ({"credentials": {"token": TOKEN}, "staff_groups": ["-1"] * 21}, {"staff_groups": None}),
        ({"credentials": {"token": TOKEN}, "secret": 1}, {"secret": "extra_forbidden"}),
        ({"credentials": {"token": TOKEN}, "agent_ids": ["me"]}, {"agent_ids.0": None}),
    ],
)
async def test_what_cannot_be_a_channel_is_refused_field_by_field(
    on: Scene, body: Any, faults: dict[str, str | None]
) -> None:
    answer = await on.ada.post("/channels", body)
    assert (answer.status, answer.problem) == (422, "invalid")
    assert set(answer.faults) == set(faults)
    assert all(code in {None, answer.faults[field]} for field, code in faults.items())
    assert b"BBBBBB" not in answer.raw
    assert await on.channels() == 0


async def test_a_token_that_telegram_refuses_makes_nothing(on: Scene) -> None:
    answer = await on.add("123123:" + "X" * 35)
    assert (answer.status, answer.faults) == (422, {"credentials.token": "value_error"})
    assert "XXXX" not in answer.raw.decode()
    assert await on.channels() == 0


_TROUBLE: list[dict[str, Any]] = [
    {"kind": "drop_before"},
    {"code": 502, "body": "<html>Bad Gateway</html>"},
    {"code": 200, "body": "[]"},
    {"code": 200, "body": '{"ok": true, "result": {"id": "x"}}'},
    {"code": 200, "body": '{"ok": true, "result": []}'},
    {"code": 200, "body": '{"ok": false, "parameters": 3, "error_code": "?"}'},
    {"code": 200, "body": "[" * 100_000},
    {"code": 429, "retry_after": 3},
    {"code": 500, "description": f"broken at /bot{TOKEN}/getMe"},
]


async def test_a_telegram_in_trouble_makes_nothing(on: Scene) -> None:
    for fault in _TROUBLE:
        await on.telegram.fail("getMe", times=1, **fault)
        answer = await on.add()
        assert (answer.status, answer.problem) == (424, "provider-away"), fault
        assert int(answer.headers["Retry-After"]) >= 1
        assert b"BBBBBB" not in answer.raw
        assert await on.channels() == 0
    assert (await on.add()).status == 201


async def test_a_bot_has_one_channel_even_when_it_is_added_at_once(on: Scene) -> None:
    answers = await asyncio.gather(*(on.add() for _ in range(4)))
    assert sorted(each.status for each in answers) == [201, 409, 409, 409]
    assert await on.channels() == 1
    again = await on.add()
    assert (again.status, again.problem) == (409, "conflict")


async def test_agents_that_there_are_not_are_refused(on: Scene) -> None:
    nobody = new_id()
    answer = await on.add(agent_ids=[nobody])
    assert (answer.status, answer.faults) == (422, {"agent_ids": "value_error"})
    assert await on.channels() == 0
    path = await on.added()
    assert (await on.ada.patch(path, {"agent_ids": [nobody]})).faults == {
        "agent_ids": "value_error"
    }


async def test_changes_are_made_and_written_down(on: Scene) -> None:
    path, mia = await on.added(), await on.api.person()
    changes = {
        "name": "Shop",
        "language": "en",
        "offline_policy": "hand_back",
        "agent_ids": [mia.agent_id],
        "ai_takeover": "delayed",
        "ai_takeover_minutes": 7,
        "ai_reply_limit": 3,
        "offline_minutes": 15,
        "first_answer_minutes": 30,
        "next_answer_minutes": 60,
        "sla_warning_percent": 50,
        "is_active": False,
    }
    answer = await on.ada.patch(path, changes)
    assert answer.status == 200, answer.body
    assert {name: answer.body[name] for name in changes} == changes
    assert (await on.ada.get(path)).body == answer.body
    assert (await on.ada.patch(path, {})).body == answer.body
    assert (await on.ada.patch(path, {"language": None})).body["language"] is None
    assert (await on.ada.patch(path, {"name": None})).body["name"] == "Shop"
    entries = await on.api.audit("channel.changed")
    assert {each["user_id"] for each in entries} == {on.ada.user_id}
    fields = [sorted(json.loads(each["details"])) for each in entries]
    settings = [each for each in changes if each.endswith(("_minutes", "_percent"))]
    settings.remove("ai_takeover_minutes")
    assert sorted(fields) == sorted(
        [
            sorted(set(changes) - {"agent_ids", "is_active", *settings}),
            *([each] for each in settings),
            ["agents"],
            ["language"],
        ]
    )
    assert len(await on.api.audit("channel.switched_off")) == 1


_IMPOSSIBLE_CHANGES: dict[str, Any] = {
    "ai_takeover_minutes": 0,
    "ai_reply_limit": 2**70,
    "first_answer_minutes": -1,
    "next_answer_minutes": 43201,
    "sla_warning_percent": 100,
    "offline_minutes": "soon",
    "is_active": "yes",
    "offline_policy": "vanish",
    "name": "a\x00b",
    "credentials": {"token": TOKEN},
    "external_id": "1",
}


async def test_changes_that_cannot_be_are_refused(on: Scene) -> None:
    path = await on.added()
    before = (await on.ada.get(path)).body
    for field, value in _IMPOSSIBLE_CHANGES.items():
        answer = await on.ada.patch(path, {field: value})
        assert (answer.status, set(answer.faults)) == (422, {field})
    assert (await on.ada.get(path)).body == before


async def test_what_has_no_credentials_is_not_switched_on_nor_asked_about(on: Scene) -> None:
    path = f"/channels/{await on.api.channel(is_active=False)}"
    for answer in (
        await on.ada.patch(path, {"is_active": True}),
        await on.ada.post(f"{path}/test"),
    ):
        assert (answer.status, answer.problem) == (409, "conflict")
        assert "no credentials" in answer.body["detail"]
    added = await on.ada.post(f"{path}/staff-groups", {"id": "-1001"})
    assert (added.status, added.body["last_check"]) == (201, None)


async def test_credentials_of_another_secret_key_are_entered_again(on: Scene) -> None:
    path = await on.added()
    await on.api.change(
        "UPDATE channels SET credentials = :sealed",
        sealed=Encryptor("another secret key, long enough").encrypt({"token": TOKEN}),
    )
    broken = await on.ada.post(f"{path}/test")
    assert (broken.status, broken.problem) == (503, "wrong-key")
    assert (await on.ada.put(f"{path}/credentials", {"token": TOKEN})).status == 200
    assert (await on.ada.post(f"{path}/test")).status == 200


async def test_the_token_of_another_bot_is_refused(on: Scene) -> None:
    path = await on.added()
    answer = await on.ada.put(f"{path}/credentials", {"token": OTHER})
    assert (answer.status, answer.problem) == (409, "conflict")
    assert "another bot" in answer.body["detail"]
    assert await on.api.audit("channel.credentials_changed") == []


async def test_the_provider_is_asked_about_the_channel_and_each_group(on: Scene) -> None:
    good, plain = await on.group(654321), await on.group(654321, is_forum=False)
    weak = await on.group(654321)
    await on.telegram.member(int(weak), 654321, "administrator", {"can_manage_topics": False})
    unknown = "-1009999999999"
    path = await on.added(staff_groups=[good, plain, weak, unknown])
    answer = await on.ada.post(f"{path}/test")
    assert (answer.status, answer.body["ok"]) == (200, False)
    told = {each["id"]: each["last_check"] for each in answer.body["staff_groups"]}
    assert {group: check["mark"] for group, check in told.items()} == {
        good: "good",
        plain: "warn",
        weak: "bad",
        unknown: "bad",
    }
    assert "switch them on" in told[plain]["remedy"]
    assert "lacks rights: Manage topics" in told[weak]["text"]
    listed = (await on.ada.get(f"{path}/staff-groups")).body["items"]
    assert {each["id"]: each["last_check"] for each in listed} == told
    shown = (await on.ada.get(path)).body
    assert shown["last_check"] == answer.body["channel"]
    spoken = await on.ada.get(f"{path}/staff-groups", headers={"Accept-Language": "id"})
    said = {each["id"]: each["last_check"] for each in spoken.body["items"]}
    assert said[weak]["subject"] == "grup staf"
    assert "bot kekurangan hak: Manage topics" in said[weak]["text"]
    # The next request on the same connection is in its own language.
    assert (await on.ada.get(f"{path}/staff-groups")).body["items"] == listed


async def test_an_examination_tells_when_telegram_is_away(on: Scene) -> None:
    group = await on.group(654321)
    path = await on.added(staff_groups=[group])
    await on.telegram.fail("getMe", times=1, code=502, body="<html>")
    answer = await on.ada.post(f"{path}/test")
    assert (answer.status, answer.body["ok"]) == (200, False)
    assert [each["mark"] for each in answer.body["channel"]] == ["bad"]
    # The earlier result for the group is still shown, with its time.
    [of_group] = answer.body["staff_groups"]
    assert of_group["last_check"]["mark"] == "good"
    assert of_group["last_check"]["at"] < answer.body["channel"][0]["at"]
