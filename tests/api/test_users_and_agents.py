"""Users, agents and one-time links: what administrators and agents do to accounts."""

import asyncio
from typing import Any

import pytest

from db.ids import new_id
from db.tables import AgentStatus, Role
from tests.api.stage import Answer, ApiStage
from tests.api.test_login import PASSWORD, log_in, someone

NEW = "a password of one's own"


async def reset(api: ApiStage, token: str, password: str = NEW) -> Answer:
    return await api.ask("POST", "/auth/reset", {"token": token, "password": password})


async def test_a_new_user_chooses_a_password_by_a_link(own_api: ApiStage) -> None:
    ada = await own_api.admin()
    made = await ada.post("/users", {"name": " New  Person ", "email": "New@Desk.Test"})
    assert made.status == 201, made.body
    user = made.body
    assert (user["name"], user["email"], user["role"]) == ("New Person", "new@desk.test", "CS")
    assert (await log_in(own_api, "new@desk.test", NEW)).problem == "bad-credentials"
    link = await ada.post(f"/users/{user['id']}/reset-link")
    assert link.status == 201
    token = link.body["token"]
    assert link.body["path"] == f"/reset#{token}"
    assert link.body["link"] is None
    assert (await reset(own_api, token)).status == 204
    assert (await log_in(own_api, "new@desk.test", NEW)).status == 200
    assert (await reset(own_api, token)).faults == {"token": "wrong"}
    assert token not in str(await own_api.rows("SELECT * FROM audit_log"))
    [created] = await own_api.audit("account.created")
    assert created["user_id"] == ada.user_id


async def test_a_link_is_good_once_even_for_two_at_once(own_api: ApiStage) -> None:
    ada, mia = await own_api.admin(), await someone(own_api)
    token = (await ada.post(f"/users/{mia.user_id}/reset-link")).body["token"]
    answers = await asyncio.gather(*(reset(own_api, token, f"{NEW} {n}") for n in range(4)))
    assert sorted(each.status for each in answers) == [204, 422, 422, 422]


async def test_a_link_ends_with_the_email_address_that_it_was_sent_to(own_api: ApiStage) -> None:
    ada, mia = await own_api.admin(), await someone(own_api)
    token = (await ada.post(f"/users/{mia.user_id}/reset-link")).body["token"]
    moved = await ada.patch(f"/users/{mia.user_id}", {"email": "mia.new@desk.test"})
    assert moved.status == 200, moved.body
    assert (await reset(own_api, token)).faults == {"token": "wrong"}


async def test_a_link_ends_log_ins_and_voids_the_one_before(own_api: ApiStage) -> None:
    ada, mia = await own_api.admin(), await someone(own_api)
    path = f"/users/{mia.user_id}/reset-link"
    first, second = [(await ada.post(path)).body["token"] for _ in range(2)]
    assert (await mia.get("/auth/me")).status == 200
    assert (await reset(own_api, first)).status == 422
    assert (await reset(own_api, second, "short")).faults == {"password": "password_too_short"}
    assert (await reset(own_api, second, "passwordpassword")).faults == {
        "password": "password_too_common"
    }
    assert (await reset(own_api, second)).status == 204
    assert (await mia.get("/auth/me")).status == 401
    assert (await log_in(own_api, mia.email)).problem == "bad-credentials"


@pytest.mark.parametrize("which", ["too old", "of a disabled user", "none", "nonsense"])
async def test_links_of_no_use(own_api: ApiStage, which: str) -> None:
    ada, mia = await own_api.admin(), await someone(own_api)
    token = (await ada.post(f"/users/{mia.user_id}/reset-link")).body["token"]
    if which == "too old":
        past = "2020-01-01 00:00:00.000000"
        await own_api.change("UPDATE password_resets SET expires_at = :past", past=past)
    if which == "of a disabled user":
        await ada.patch(f"/users/{mia.user_id}", {"is_active": False})
        await ada.patch(f"/users/{mia.user_id}", {"is_active": True})
    if which == "none":
        token = "odp_" + "A" * 43
    if which == "nonsense":
        token = "\N{PILE OF POO}"
    assert (await reset(own_api, token)).faults == {"token": "wrong"}
    assert (await log_in(own_api, mia.email)).status == 200


async def test_two_users_never_have_one_address(own_api: ApiStage) -> None:
    ada, mia = await own_api.admin(), await own_api.person()
    body = {"name": "x", "email": mia.email.upper()}
    taken = await ada.post("/users", body)
    assert (taken.status, taken.problem) == (409, "conflict")
    taken = await ada.patch(f"/users/{ada.user_id}", {"email": mia.email})
    assert (taken.status, taken.problem) == (409, "conflict")
    new = {"name": "x", "email": "at.once@desk.test"}
    both = await asyncio.gather(*(ada.post("/users", new) for _ in range(4)))
    assert sorted(each.status for each in both) == [201, 409, 409, 409]


async def test_two_active_agents_never_have_one_name(own_api: ApiStage) -> None:
    ada, bob = await own_api.admin(), await own_api.person("Bob")
    new = {"name": "Mia", "email": "mia@desk.test"}
    mia = (await ada.post("/users", new)).body
    refused = [
        await ada.post("/users", {"name": " MIA ", "email": "other@desk.test"}),
        await ada.patch(f"/users/{bob.user_id}", {"name": "mia"}),
        await bob.patch("/auth/me", {"name": "mia"}),
    ]
    for answer in refused:
        assert (answer.status, answer.problem) == (409, "conflict")
        assert "choose another name" in answer.body["detail"]
    # A disabled agent's name is free, and they need another one to come back.
    assert (await ada.patch(f"/users/{mia['id']}", {"is_active": False})).status == 200
    assert (await bob.patch("/auth/me", {"name": "mia"})).status == 200
    assert (await ada.patch(f"/users/{mia['id']}", {"is_active": True})).status == 409
    back = {"name": "Mia B.", "is_active": True}
    assert (await ada.patch(f"/users/{mia['id']}", back)).status == 200
    assert (await ada.post("/users", {"name": "Mia B.", "email": "b@desk.test"})).status == 409
    # At the same moment: one gets it.
    wanted = [
        ada.post("/users", {"name": "Max", "email": f"max{number}@desk.test"})
        for number in range(4)
    ]
    answers = await asyncio.gather(*wanted)
    assert sorted(each.status for each in answers) == [201, 409, 409, 409]


async def test_a_disabled_user_is_out_and_what_they_held_goes_on(own_api: ApiStage) -> None:
    ada = await own_api.admin(capacity=0)
    mia = await someone(own_api, capacity=1)
    session = await own_api.session(mia)
    await own_api.change("UPDATE agents SET active_sessions = 1 WHERE id = :id", id=mia.agent_id)
    answer = await ada.patch(f"/users/{mia.user_id}", {"is_active": False})
    assert answer.status == 200, answer.body
    assert (answer.body["is_active"], answer.body["status"]) == (False, "offline")
    assert answer.body["active_sessions"] == 0
    [held] = await own_api.rows("SELECT cs_id FROM sessions WHERE id = :id", id=session)
    assert held["cs_id"] is None
    assert (await mia.get("/auth/me")).status == 401
    assert (await log_in(own_api, mia.email)).problem == "bad-credentials"
    listed = (await ada.get("/agents")).body["items"]
    assert mia.agent_id not in {each["id"] for each in listed}
    # After they are enabled again they have the same data, and must log in again.
    await ada.patch(f"/users/{mia.user_id}", {"is_active": True})
    assert (await mia.get("/auth/me")).status == 401
    assert (await log_in(own_api, mia.email)).status == 200
    assert [len(await own_api.audit(f"account.{what}")) for what in ("disabled", "enabled")] == [
        1,
        1,
    ]


async def test_a_role_counts_from_the_moment_it_is_given(own_api: ApiStage) -> None:
    ada, mia = await own_api.admin(), await own_api.person()
    assert (await mia.get("/users")).status == 403
    await ada.patch(f"/users/{mia.user_id}", {"role": "ADMIN"})
    assert (await mia.get("/users")).status == 200
    await mia.patch(f"/users/{ada.user_id}", {"role": "CS"})
    assert (await ada.get("/users")).status == 403
    entries = await own_api.audit("account.role_changed")
    assert [each["user_id"] for each in entries] == [ada.user_id, mia.user_id]


@pytest.mark.parametrize("change", [{"role": "CS"}, {"is_active": False}])
async def test_the_last_administrator_stays(own_api: ApiStage, change: dict[str, Any]) -> None:
    ada, _ = await own_api.admin(), await own_api.person()
    answer = await ada.patch(f"/users/{ada.user_id}", change)
    assert (answer.status, answer.problem) == (409, "conflict")
    assert (await ada.get("/users")).status == 200
    other = await own_api.admin()
    await own_api.change("UPDATE users SET is_active = 0 WHERE id = :id", id=other.user_id)
    assert (await ada.patch(f"/users/{ada.user_id}", change)).status == 409


@pytest.mark.parametrize("change", [{"role": "CS"}, {"is_active": False}])
async def test_administrators_who_remove_each_other_at_once_leave_one(
    own_api: ApiStage, change: dict[str, Any]
) -> None:
    admins = [await own_api.admin() for _ in range(4)]
    pairs = zip(admins, admins[1:] + admins[:1], strict=True)
    answers = await asyncio.gather(
        *(one.patch(f"/users/{other.user_id}", change) for one, other in pairs)
    )
    assert {each.status for each in answers} <= {200, 401, 403, 409}
    [left] = await own_api.rows(
        "SELECT count(*) AS n FROM users WHERE role = 'ADMIN' AND is_active = 1"
    )
    assert left["n"] >= 1


async def test_users_come_in_pages_both_ways(own_api: ApiStage) -> None:
    ada = await own_api.admin()
    people = [await own_api.person() for _ in range(11)]
    expected = [each.user_id for each in reversed([ada, *people])]
    pages, path = [], "/users?limit=5"
    while True:
        answer = (await ada.get(path)).body
        pages.append(answer)
        if answer["next"] is None:
            break
        path = f"/users?limit=5&cursor={answer['next']}"
    assert [len(each["items"]) for each in pages] == [5, 5, 2]
    assert [user["id"] for each in pages for user in each["items"]] == expected
    assert pages[0]["previous"] is None
    back = (await ada.get(f"/users?limit=5&cursor={pages[2]['previous']}")).body
    assert back["items"] == pages[1]["items"]
    first = (await ada.get(f"/users?limit=5&cursor={back['previous']}")).body
    assert first["items"] == pages[0]["items"]
    assert (first["previous"], first["next"]) == (None, pages[0]["next"])


async def test_users_of_one_moment_are_all_listed_once(own_api: ApiStage) -> None:
    ada = await own_api.admin()
    for _ in range(6):
        await own_api.person()
    await own_api.change("UPDATE users SET created_at = '2026-01-05 09:00:00.000000'")
    seen, path = [], "/users?limit=2"
    for _ in range(10):
        answer = (await ada.get(path)).body
        seen += [user["id"] for user in answer["items"]]
        if answer["next"] is None:
            break
        path = f"/users?limit=2&cursor={answer['next']}"
    assert len(seen) == len(set(seen)) == 7
    assert seen == sorted(seen, reverse=True)


async def test_users_are_found_by_what_they_are(own_api: ApiStage) -> None:
    ada, mia = await own_api.admin("Ada"), await own_api.person("Mia 100%")
    await own_api.change("UPDATE users SET is_active = 0 WHERE id = :id", id=mia.user_id)

    async def found(query: str) -> list[str]:
        return [each["name"] for each in (await ada.get(f"/users?{query}")).body["items"]]

    assert await found("role=ADMIN") == [ada.name]
    assert await found("is_active=false") == [mia.name]
    assert await found("q=100%25") == [mia.name]
    assert await found("q=mIA") == [mia.name]
    assert await found("q=%25_") == []


async def test_who_is_online(own_api: ApiStage) -> None:
    mia = await own_api.person("Mia")
    await own_api.person("Max", status=AgentStatus.OFFLINE)
    away = await own_api.person("Ali", status=AgentStatus.AWAY)
    online = (await mia.get("/agents?status=online")).body["items"]
    assert [each["name"] for each in online] == [mia.name]
    some = (await mia.get("/agents?status=online&status=away")).body["items"]
    assert {each["name"] for each in some} == {mia.name, away.name}
    assert (await mia.get("/agents?status=online&status=asleep")).faults == {"status.1": "enum"}


@pytest.mark.parametrize("status", ["online", "offline", "busy", "away"])
async def test_one_says_oneself_whether_one_is_there(own_api: ApiStage, status: str) -> None:
    mia = await own_api.person()
    answer = await mia.patch("/auth/me", {"status": status, "name": "  Mia   Lee "})
    assert (answer.body["status"], answer.body["name"]) == (status, "Mia Lee")
    assert (await mia.get(f"/agents/{mia.agent_id}")).body["name"] == "Mia Lee"
    assert len(await own_api.audit(f"agent.{status}")) == 1


async def test_an_administrator_sets_what_an_agent_takes(own_api: ApiStage) -> None:
    ada, mia = await own_api.admin(), await own_api.person(status=AgentStatus.OFFLINE)
    await own_api.session()
    [channel] = await own_api.rows("SELECT id FROM channels")
    body = {"status": "busy", "capacity": 3, "channel_ids": [channel["id"], channel["id"]]}
    answer = await ada.patch(f"/agents/{mia.agent_id}", body)
    assert answer.status == 200, answer.body
    assert (answer.body["status"], answer.body["capacity"]) == ("busy", 3)
    assert answer.body["channel_ids"] == [channel["id"]]
    # The channel lists her, so she is the only one who serves it.
    serving = (await ada.get(f"/agents?channel_id={channel['id']}")).body["items"]
    assert [each["id"] for each in serving] == [mia.agent_id]
    none = await ada.patch(f"/agents/{mia.agent_id}", {"channel_ids": []})
    assert none.body["channel_ids"] == []
    unknown = await ada.patch(f"/agents/{mia.agent_id}", {"channel_ids": [new_id()]})
    assert unknown.faults == {"channel_ids": "unknown"}
    for wrong in (-1, 1001, 1.5, "3", True, 10**30):
        answer = await ada.patch(f"/agents/{mia.agent_id}", {"capacity": wrong})
        assert set(answer.faults) == {"capacity"}


async def test_an_administrator_sets_when_an_agent_works(own_api: ApiStage) -> None:
    ada, mia = await own_api.admin(), await own_api.person(status=AgentStatus.OFFLINE)
    path = f"/agents/{mia.agent_id}"
    monday = [{"opens": "09:00", "closes": "17:00"}]
    hours = {"time_zone": "Asia/Jakarta", "week": {"monday": monday}}
    answer = await ada.patch(path, {"working_hours": hours})
    assert answer.status == 200, answer.body
    assert answer.body["working_hours"]["week"]["monday"] == monday
    assert (answer.body["status"], answer.body["status_cause"]) == ("offline", "choice")
    assert (await ada.patch(path, {"working_hours": {**hours, "time_zone": "Mars"}})).faults == {
        "working_hours.time_zone": "value_error"
    }
    late = {"monday": [{"opens": "17:00", "closes": "09:00"}]}
    answer = await ada.patch(path, {"working_hours": {**hours, "week": late}})
    assert set(answer.faults) == {"working_hours.week.monday.0"}
    assert (await ada.get(path)).body["working_hours"]["time_zone"] == "Asia/Jakarta"
    assert (await ada.patch(path, {"status": "online"})).body["status_since"] is not None
    assert (await ada.patch(path, {"working_hours": None})).body["working_hours"] is None
    assert len(await own_api.audit("working_hours.changed")) == 2
    await mia.patch("/auth/me", {"status": "busy"})
    assert (await mia.get(path)).body["last_seen_at"] is not None


async def test_one_gets_a_code_for_ones_own_telegram_account(own_api: ApiStage) -> None:
    ada, mia, max_ = await own_api.admin(), await own_api.person(), await own_api.person()
    path = f"/agents/{mia.agent_id}/link-code"
    made = await mia.post(path)
    assert made.status == 201
    assert made.body["command"] == f"/link {made.body['code']}"
    assert (await max_.post(path)).problem == "not-found"
    assert (await ada.post(path)).status == 201
    assert made.body["code"] not in str(await own_api.rows("SELECT * FROM users"))
    await own_api.change("UPDATE users SET telegram_id = '7' WHERE id = :id", id=mia.user_id)
    assert (await mia.get("/auth/me")).body["telegram_linked"] is True
    assert (await max_.delete(f"/agents/{mia.agent_id}/telegram")).problem == "not-found"
    assert (await mia.delete(f"/agents/{mia.agent_id}/telegram")).status == 204
    assert (await mia.get("/auth/me")).body["telegram_linked"] is False
    assert len(await own_api.audit("telegram.unbound")) == 1


async def test_an_agent_whose_account_is_disabled_is_left_alone(own_api: ApiStage) -> None:
    ada, mia = await own_api.admin(), await own_api.person()
    await ada.patch(f"/users/{mia.user_id}", {"is_active": False})
    for answer in (
        await ada.patch(f"/agents/{mia.agent_id}", {"status": "online"}),
        await ada.post(f"/agents/{mia.agent_id}/link-code"),
    ):
        assert (answer.status, answer.problem) == (409, "conflict")


async def test_an_administrator_ends_somebodys_log_ins(own_api: ApiStage) -> None:
    ada, mia = await own_api.admin(), await own_api.person()
    assert (await ada.delete(f"/users/{mia.user_id}/log-ins")).status == 204
    assert (await mia.get("/auth/me")).status == 401
    assert (await ada.get("/auth/me")).status == 200
    [entry] = await own_api.audit("log_in.ended_all")
    assert entry["user_id"] == ada.user_id


async def test_the_password_changes_only_for_who_knows_it(own_api: ApiStage) -> None:
    mia = await someone(own_api)
    assert (await mia.patch("/auth/me", {"password": NEW})).faults == {
        "current_password": "missing"
    }
    wrong = {"password": NEW, "current_password": "x"}
    assert (await mia.patch("/auth/me", wrong)).faults == {"current_password": "wrong_password"}
    short = {"password": "short", "current_password": PASSWORD}
    assert (await mia.patch("/auth/me", short)).faults == {"password": "password_too_short"}
    long = {"password": "ä" * 40, "current_password": PASSWORD}
    assert (await mia.patch("/auth/me", long)).faults == {"password": "password_too_long"}
    assert (await log_in(own_api, mia.email)).status == 200


async def test_an_administrator_is_no_exception_to_sight_of_roles(own_api: ApiStage) -> None:
    ada = await own_api.admin()
    assert (await ada.get("/auth/me")).body["role"] == Role.ADMIN
