"""The audit log in the API: pages, filters, and the indexes that make each of them cheap."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.ids import new_id
from tests.api.stage import ApiStage, Person

BEGAN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


async def filled(api: ApiStage, many: int = 30) -> tuple[Person, Person]:
    """Let two people do many things, one per minute."""
    ada, zoe = await api.admin("Ada"), await api.admin("Zoe")
    for number in range(many):
        who = (ada, zoe)[number % 2]
        await api.change(
            "INSERT INTO audit_log (id, user_id, actor, action, subject, details, created_at)"
            " VALUES (:id, :user, :actor, :action, :subject, :details, :at)",
            id=new_id(),
            user=who.user_id,
            actor=who.name,
            action=f"thing.{'made' if number % 3 else 'broken'}",
            subject=f"thing:{number % 5}",
            details=f'{{"number": {number}}}',
            at=f"{BEGAN + timedelta(minutes=number):%Y-%m-%d %H:%M:%S.%f}",
        )
    return ada, zoe


async def numbers(who: Person, query: str) -> list[int]:
    """List the numbers of all matching entries, page by page."""
    found: list[int] = []
    path = f"/audit-log?limit=7&{query}"
    cursor: str | None = ""
    while cursor is not None:
        answer = await who.get(path + cursor)
        assert answer.status == 200, answer.body
        found += [each["details"]["number"] for each in answer.body["items"]]
        cursor = answer.body["next"] and f"&cursor={answer.body['next']}"
    return found


async def test_entries_are_listed_and_filtered(own_api: ApiStage) -> None:
    ada, zoe = await filled(own_api)
    down = list(range(29, -1, -1))
    assert await numbers(ada, "") == down
    assert await numbers(ada, f"user_id={zoe.user_id}") == [n for n in down if n % 2]
    assert await numbers(ada, f"actor={zoe.name}") == [n for n in down if n % 2]
    assert await numbers(ada, "action=thing.broken") == [n for n in down if n % 3 == 0]
    assert await numbers(ada, "subject=thing:2") == [n for n in down if n % 5 == 2]
    assert await numbers(ada, "since=2026-01-05T09:10:00Z&until=2026-01-05T16:20:00%2B07:00") == (
        [n for n in down if 10 <= n < 20]
    )
    both = f"user_id={ada.user_id}&action=thing.broken"
    assert await numbers(ada, both) == [n for n in down if n % 6 == 0]
    assert await numbers(ada, "action=nothing.at.all") == []
    assert await numbers(ada, "actor=%F0%9F%92%A9") == []


async def test_pages_lead_back_too(own_api: ApiStage) -> None:
    ada, _ = await filled(own_api, 9)
    first = (await ada.get("/audit-log?limit=4")).body
    second = (await ada.get(f"/audit-log?limit=4&cursor={first['next']}")).body
    back = (await ada.get(f"/audit-log?limit=4&cursor={second['previous']}")).body
    assert back["items"] == first["items"]
    assert (back["previous"], back["next"]) == (None, first["next"])


async def test_ids_come_with_the_names_that_they_have(own_api: ApiStage) -> None:
    ada, mia = await own_api.admin("Ada"), await own_api.person("Mia")
    session = await own_api.session(mia)
    assert (await mia.patch(f"/sessions/{session}/tags", {"add": ["late"]})).status == 200
    [tag] = (await ada.get("/tags")).body["items"]
    assert (await ada.patch(f"/tags/{tag['id']}", {"name": "later"})).status == 200
    assert (await ada.patch(f"/agents/{mia.agent_id}", {"capacity": 3})).status == 200
    [client] = (await ada.get("/clients")).body["items"]
    items = (await ada.get("/audit-log")).body["items"]
    names: dict[str, dict[str, str]] = {each["action"]: each["names"] for each in items}
    assert names["session.tags"][session] == client["name"]
    assert names["tag.renamed"] == {tag["id"]: "later"}
    assert names["capacity.changed"] == {mia.agent_id: mia.name}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("since=yesterday", "since"),
        ("since=2026-01-05T09:00:00", "since"),
        ("user_id=me", "user_id"),
        ("action=", "action"),
        (f"action={'x' * 65}", "action"),
        ("limit=0", "limit"),
        ("cursor=x", "cursor"),
        ("actor=a&actor=b", "actor"),
        ("page=2", "page"),
    ],
)
async def test_filters_that_cannot_be_are_refused(
    own_api: ApiStage, query: str, field: str
) -> None:
    ada = await own_api.admin()
    answer = await ada.get(f"/audit-log?{query}")
    assert (answer.status, set(answer.faults)) == (422, {field})


FILTERS = {
    "user_id = 'x'": "ix_audit_log_by_user",
    "actor = 'x'": "ix_audit_log_by_actor",
    "action = 'x'": "ix_audit_log_by_action",
    "subject = 'x'": "ix_audit_log_subject",
    "created_at < '2026-01-05'": "ix_audit_log_created_at",
}


@pytest.mark.parametrize(("where", "index"), FILTERS.items(), ids=list(FILTERS.values()))
async def test_a_page_is_read_off_an_index(own_api: ApiStage, where: str, index: str) -> None:
    await filled(own_api)
    statement = f"SELECT * FROM audit_log WHERE {where} ORDER BY created_at DESC, id DESC LIMIT 51"  # noqa: S608 our own words
    if own_api.database.is_sqlite:
        plan = await own_api.rows(f"EXPLAIN QUERY PLAN {statement}")
        told = " ".join(each["detail"] for each in plan)
        assert index in told
        # Only entries with the same time are sorted.
        assert "TEMP B-TREE FOR ORDER BY" not in told
    else:
        [plan] = await own_api.rows(f"EXPLAIN {statement}")
        row = {name.lower(): value for name, value in plan.items()}
        assert index in {row["key"], *str(row["possible_keys"]).split(",")}
        if row["key"] == index:
            assert "filesort" not in str(row["extra"])


async def test_settings_tell_what_is_configured_and_no_secret(own_api: ApiStage) -> None:
    ada = await own_api.admin()
    answer = await ada.get("/settings")
    said: dict[str, Any] = answer.body
    assert said["database"] == ("sqlite" if own_api.database.is_sqlite else "mysql")
    assert (said["redis"], said["openai"], said["telegram_bot_token"]) == (False, False, False)
    assert said["public_url"] is None
    assert said["version"].count(".") == 2
    for secret in ("s" * 40, "j" * 40, "loopback-only"):
        assert secret.encode() not in answer.raw
