"""Staff groups, opening hours and lists of channels in the API."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from tests.api.channel_scene import Scene


async def test_staff_groups_are_added_and_removed(on: Scene) -> None:
    one, two = await on.group(654321), await on.group()
    path = f"{await on.added()}/staff-groups"
    added = await on.ada.post(path, {"id": one})
    assert (added.status, added.body["last_check"]["mark"]) == (201, "good")
    added = await on.ada.post(path, {"id": two})
    assert (added.status, added.body["last_check"]["mark"]) == (201, "bad")
    twice = await on.ada.post(path, {"id": one})
    assert (twice.status, twice.problem) == (409, "conflict")
    assert (await on.ada.delete(f"{path}/{one}")).status == 204
    gone = await on.ada.delete(f"{path}/{one}")
    assert (gone.status, gone.problem) == (404, "not-found")
    assert [each["id"] for each in (await on.ada.get(path)).body["items"]] == [two]
    # No conversation is in this group, so the last group can be removed.
    assert (await on.ada.delete(f"{path}/{two}")).status == 204
    assert [len(await on.api.audit(f"staff_group.{what}")) for what in ("added", "removed")] == [
        2,
        2,
    ]


async def test_what_is_no_group_is_refused(on: Scene) -> None:
    path = f"{await on.added()}/staff-groups"
    for wrong in ("5", "-0", "-05", "@staff", "", "-" + "9" * 21, "-1 ", None, 5):
        answer = await on.ada.post(path, {"id": wrong})
        assert (answer.status, set(answer.faults)) == (422, {"id"}), wrong


async def test_a_channel_has_so_many_groups_at_most(on: Scene) -> None:
    path = await on.added(staff_groups=[f"-{number}" for number in range(1, 21)])
    answer = await on.ada.post(f"{path}/staff-groups", {"id": "-21"})
    assert (answer.status, answer.problem) == (409, "conflict")
    exchanged = await on.ada.patch(path, {"staff_groups": ["-3", "-4"]})
    assert [each["id"] for each in exchanged.body["staff_groups"]] == ["-3", "-4"]


async def test_a_group_that_moved_is_known_by_its_new_id(on: Scene) -> None:
    path = await on.added(staff_groups=["-5"])
    await on.api.change("UPDATE channels SET moved_groups = :moved", moved='{"-5": "-1005"}')
    listed = (await on.ada.get(f"{path}/staff-groups")).body["items"]
    assert [each["id"] for each in listed] == ["-1005"]
    answer = await on.ada.post(f"{path}/staff-groups", {"id": "-5"})
    assert (answer.status, answer.problem) == (409, "conflict")
    assert "-1005" in answer.body["detail"]
    assert (await on.ada.delete(f"{path}/staff-groups/-1005")).status == 204


async def test_groups_added_at_once_are_all_kept(on: Scene) -> None:
    path = f"{await on.added()}/staff-groups"
    answers = await asyncio.gather(
        *(on.ada.post(path, {"id": f"-{number}"}) for number in range(1, 7))
    )
    assert {each.status for each in answers} == {201}
    listed = (await on.ada.get(path)).body["items"]
    assert sorted(each["id"] for each in listed) == [f"-{number}" for number in range(1, 7)]


WEEK = {"monday": [{"opens": "09:00", "closes": "17:00"}]}


async def test_opening_hours_are_set_shown_and_removed(on: Scene) -> None:
    path = f"{await on.added()}/hours"
    nothing = (await on.ada.get(path)).body
    assert nothing == {"hours": None, "is_open": True, "opens_at": None, "closes_at": None}
    holiday = {"date": "2026-12-25", "name": "Christmas", "open": []}
    body = {"time_zone": "Asia/Jakarta", "week": WEEK, "holidays": [holiday]}
    answer = await on.ada.put(path, body)
    assert answer.status == 200, answer.body
    assert answer.body["hours"]["week"]["monday"] == WEEK["monday"]
    assert answer.body["hours"]["week"]["sunday"] == []
    assert answer.body["hours"]["holidays"] == [holiday]
    opens = answer.body["opens_at"] or answer.body["closes_at"]
    assert datetime.fromisoformat(opens) > datetime.now(UTC)
    assert (await on.ada.get(path)).body == answer.body
    assert (await on.ada.delete(path)).status == 204
    assert (await on.ada.get(path)).body == nothing
    assert len(await on.api.audit("channel.hours_changed")) == 2


_SENSELESS_HOURS: list[tuple[dict[str, Any], str]] = [
    ({"time_zone": "Mars/Olympus"}, "time_zone"),
    ({"time_zone": "../../etc/passwd"}, "time_zone"),
    ({"time_zone": 7}, "time_zone"),
    ({"week": {"monday": [{"opens": "17:00", "closes": "09:00"}]}}, "week.monday.0"),
    ({"week": {"monday": [{"opens": "9:00", "closes": "17:00"}]}}, "week.monday.0.opens"),
    ({"week": {"monday": [{"opens": "09:00", "closes": "25:00"}]}}, "week.monday.0.closes"),
    ({"week": {"funday": []}}, "week.funday"),
    ({"week": {"monday": [WEEK["monday"][0]] * 13}}, "week.monday"),
    ({"holidays": [{"date": "2026-02-30"}]}, "holidays.0.date"),
    ({"holidays": [{"date": "2026-12-25"}] * 2}, "holidays.1.date"),
    ({"holidays": "none"}, "holidays"),
]


async def test_hours_that_mean_nothing_are_refused(on: Scene) -> None:
    path = f"{await on.added()}/hours"
    for changes, field in _SENSELESS_HOURS:
        answer = await on.ada.put(path, {"time_zone": "Asia/Jakarta", "week": WEEK, **changes})
        assert (answer.status, set(answer.faults)) == (422, {field}), answer.body
    assert (await on.ada.get(path)).body["hours"] is None


async def test_channels_are_listed_in_pages_by_kind_and_state(on: Scene) -> None:
    ids = [await on.api.channel(is_active=number % 2 == 0) for number in range(5)]
    first = (await on.ada.get("/channels?limit=2")).body
    rest = (await on.ada.get(f"/channels?limit=50&cursor={first['next']}")).body
    assert [each["id"] for each in first["items"] + rest["items"]] == list(reversed(ids))
    off = (await on.ada.get("/channels?is_active=false")).body["items"]
    assert [each["id"] for each in off] == [ids[3], ids[1]]
    assert (await on.ada.get("/channels?kind=whatsapp_cloud")).body["items"] == []
