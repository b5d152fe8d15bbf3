"""Merging clients in the API: permissions, responses, export and deletion."""

import asyncio
import json
from dataclasses import dataclass

from db.ids import ClientId, SessionId, new_id
from tests.api.permissions import NOBODY
from tests.api.stage import ApiStage, Person, run_api


@dataclass
class Two:
    """Mia has two sessions of two clients, Tom has none; Ada is an administrator."""

    api: ApiStage
    ada: Person
    mia: Person
    tom: Person
    sessions: tuple[SessionId, SessionId]
    kept: ClientId
    other: ClientId

    @property
    def path(self) -> str:
        return f"/clients/{self.kept}"

    @property
    def body(self) -> dict[str, str]:
        return {"client_id": self.other}


async def two(api: ApiStage) -> Two:
    ada, mia, tom = await api.admin(), await api.person("Mia"), await api.person("Tom")
    sessions = await api.session(mia), await api.session(mia)
    found = [(await ada.get(f"/sessions/{each}")).body["client"]["id"] for each in sessions]
    return Two(api, ada, mia, tom, sessions, ClientId(found[0]), ClientId(found[1]))


async def test_two_are_one_and_two_again(own_api: ApiStage) -> None:
    on = await two(own_api)
    before = (await on.ada.get("/clients")).body
    answer = await on.mia.post(f"{on.path}/join", on.body)
    assert answer.status == 200, answer.body
    shown = answer.body
    assert shown["id"] == on.kept
    assert [each["own_client_id"] for each in shown["contacts"]] == [None, on.other]
    [joined] = shown["joins"]
    assert (joined["client_id"], joined["by_name"]) == (on.other, on.mia.name)
    # Every known id leads to the surviving client.
    assert (await on.mia.get(f"/clients/{on.other}")).body == shown
    assert [each["id"] for each in (await on.ada.get("/clients")).body["items"]] == [on.kept]
    listed = (await on.mia.get(f"/clients/{on.other}/sessions")).body["items"]
    assert {each["id"] for each in listed} == set(on.sessions)
    for session in on.sessions:
        assert (await on.mia.get(f"/sessions/{session}")).body["client"]["id"] == on.kept
    renamed = await on.mia.patch(f"/clients/{on.other}", {"name": "The person"})
    assert (renamed.body["id"], renamed.body["name"]) == (on.kept, "The person")
    # Merging clients that are already merged changes nothing.
    for path, body in ((on.path, on.body), (f"/clients/{on.other}", {"client_id": on.kept})):
        again = await on.ada.post(f"{path}/join", body)
        assert (again.status, again.body["joins"]) == (200, [joined])

    undo = f"/clients/{on.other}/join/{joined['id']}"
    assert (await on.mia.delete(undo)).status == 204
    assert (await on.mia.delete(undo)).status == 404
    after = (await on.ada.get("/clients")).body
    after["items"][1]["name"] = before["items"][1]["name"]
    for each in (*before["items"], *after["items"]):
        del each["updated_at"]
    assert after == before
    for action in ("client.join", "client.take_apart"):
        [entry] = await on.api.audit(action)
        assert (entry["user_id"], entry["subject"]) == (on.mia.user_id, on.kept)
    told = [json.loads(row["records"]) for row in await on.api.rows("SELECT * FROM events")]
    moved = [each for happened in told for each in happened if each[0] == "session.client"]
    assert [(each[1], each[3]) for each in moved] == [
        (on.sessions[1], {"client": on.kept, "was": on.other}),
        (on.sessions[1], {"client": on.other, "was": on.kept}),
    ]


async def test_only_who_sees_both_joins_them(own_api: ApiStage) -> None:
    on = await two(own_api)
    await own_api.change(
        "UPDATE sessions SET cs_id = :tom WHERE id = :id", tom=on.tom.agent_id, id=on.sessions[1]
    )
    hidden = await on.mia.post(f"{on.path}/join", on.body)
    nobody = await on.mia.post(f"{on.path}/join", {"client_id": NOBODY})
    assert (hidden.status, hidden.faults) == (422, {"client_id": "unknown"})
    assert hidden.body["errors"] == nobody.body["errors"]
    assert (await on.tom.post(f"{on.path}/join", on.body)).status == 404
    assert (await on.ada.post(f"{on.path}/join", on.body)).status == 200
    # Now both agents see the client, each with their own sessions.
    for agent, session in ((on.mia, on.sessions[0]), (on.tom, on.sessions[1])):
        listed = (await agent.get(f"{on.path}/sessions")).body["items"]
        assert [each["id"] for each in listed] == [session]
    # But only who sees both sides undoes it.
    joined = (await on.ada.get(on.path)).body["joins"][0]["id"]
    for agent in (on.mia, on.tom):
        assert (await agent.delete(f"{on.path}/join/{joined}")).status == 404
    await own_api.change(
        "UPDATE sessions SET cs_id = :mia WHERE id = :id", mia=on.mia.agent_id, id=on.sessions[1]
    )
    assert (await on.mia.delete(f"{on.path}/join/{joined}")).status == 204


async def test_a_join_is_undone_where_it_was_made(own_api: ApiStage) -> None:
    on = await two(own_api)
    third = await own_api.session(on.mia)
    stranger = (await on.ada.get(f"/sessions/{third}")).body["client"]["id"]
    join = (await on.ada.post(f"{on.path}/join", on.body)).body["joins"][0]["id"]
    for path in (f"/clients/{stranger}/join/{join}", f"{on.path}/join/{new_id()}"):
        assert (await on.ada.delete(path)).status == 404
    await on.ada.post(f"/clients/{stranger}/join", {"client_id": on.kept})
    first = await on.ada.delete(f"{on.path}/join/{join}")
    assert (first.status, first.problem) == (409, "conflict")
    assert "undo that merge first" in first.body["detail"]


async def test_what_is_given_out_and_deleted_is_all_of_the_person(migrated_url: str) -> None:
    async with run_api(migrated_url, is_worker=True) as own_api:
        await play_export_and_deletion(own_api)


async def play_export_and_deletion(own_api: ApiStage) -> None:
    on = await two(own_api)
    for session, words in zip(on.sessions, ("as the first", "as the second"), strict=True):
        await own_api.message(session, words)
    await on.ada.post(f"{on.path}/join", on.body)
    given = (await on.ada.get(f"{on.path}/export")).body
    assert [each["message"] for each in given["messages"]] == ["as the first", "as the second"]
    assert [each["id"] for each in given["joined"]] == [on.other]
    assert {each["id"] for each in given["sessions"]} == set(on.sessions)
    refused = await on.ada.delete(f"/clients/{on.other}")
    assert (refused.status, refused.problem) == (409, "conflict")
    assert (await own_api.erase(on.ada, on.kept)).status == 204
    for table in ("clients", "contacts", "sessions", "messages", "client_merges"):
        assert await own_api.rows(f"SELECT id FROM {table}") == [], table  # noqa: S608 a name of ours


async def test_a_number_is_found_however_it_is_written(own_api: ApiStage) -> None:
    on = await two(own_api)
    for client in (on.kept, on.other):
        changed = await on.mia.patch(f"/clients/{client}", {"phone": "+62 (811) 234-567"})
        assert changed.body["phone"] == "+62811234567"
    for written in ("+62811234567", "0062 811 234 567", "+62.811.234.567"):
        found = (await on.mia.get("/clients", params={"phone": written})).body["items"]
        assert {each["id"] for each in found} == {on.kept, on.other}
        assert (await on.tom.get("/clients", params={"phone": written})).body["items"] == []
    assert (await on.mia.get("/clients", params={"phone": "811234567"})).body["items"] == []
    shown = (await on.mia.get(on.path)).body
    assert shown["same_phone"] == [on.other]
    joined = (await on.mia.post(f"{on.path}/join", on.body)).body
    assert joined["same_phone"] == []
    found = (await on.ada.get("/clients", params={"phone": "+62811234567", "limit": 1})).body
    assert [each["id"] for each in found["items"]] == [on.kept]
    wrong = await on.ada.get("/clients", params={"phone": "abc"})
    assert (wrong.status, set(wrong.faults)) == (422, {"phone"})


async def test_joined_from_both_sides_at_once(own_api: ApiStage) -> None:
    on = await two(own_api)
    answers = await asyncio.gather(
        *(on.ada.post(f"{on.path}/join", on.body) for _ in range(3)),
        *(on.mia.post(f"/clients/{on.other}/join", {"client_id": on.kept}) for _ in range(3)),
    )
    assert {each.status for each in answers} == {200}
    assert len({each.body["id"] for each in answers}) == 1
    assert len(await own_api.rows("SELECT id FROM client_merges")) == 1
