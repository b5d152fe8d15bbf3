"""Session actions by the API: the topic, the card, the customer and the agents are updated."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from db.ids import SessionId
from db.tables import Role
from tests.api.permissions import NOBODY
from tests.api.stage import ApiStage
from tests.api.stage import Person as Caller
from tests.flows.api_agents import log_in_agent, open_api, wait_for_session
from tests.flows.customers import Customer
from tests.flows.eventually import eventually
from tests.flows.staff import Person, Topic
from tests.flows.stage import Stage, run_stage


@dataclass(slots=True)
class Scene:
    """A customer who waits, two agents who are not online yet, and an administrator."""

    stage: Stage
    api: ApiStage
    mia: Caller
    tom: Caller
    mia_in_group: Person
    tom_in_group: Person
    ada: Caller
    ann: Customer
    topic: Topic
    session: SessionId

    def path(self, verb: str) -> str:
        return f"/sessions/{self.session}/{verb}"

    async def active(self, *agents: Caller) -> list[int]:
        found = []
        for agent in agents:
            rows = await self.api.rows(
                "SELECT active_sessions AS n FROM agents WHERE id = :id", id=agent.agent_id
            )
            found.append(int(rows[0]["n"]))
        return found

    async def make_assignments_old(self) -> None:
        """Let time pass since any agent was assigned a session."""
        past = "2026-01-05 09:00:00.000000"
        await self.api.change("UPDATE agents SET last_assigned_at = :past", past=past)


@asynccontextmanager
async def scene(url: str, **settings: Any) -> AsyncIterator[Scene]:
    async with run_stage(url, **settings) as stage, open_api(stage) as api:
        mia, tom = await stage.agent("Mia", online=False), await stage.agent("Tom", online=False)
        for agent in (mia, tom):  # an agent who is linked by a code has written to the bot
            await agent.tells_bot("/status", "Open sessions: 0")
        ada = await api.person("Ada", role=Role.ADMIN, capacity=0)
        ann = await stage.customer("Ann")
        await ann.says("hello")
        topic = await stage.topic(ann)
        await topic.card("nobody (waiting)")
        callers = [await log_in_agent(api, agent) for agent in (mia, tom)]
        session = await wait_for_session(stage, ann)
        yield Scene(stage, api, *callers, mia, tom, ada, ann, topic, session)


async def test_a_session_is_claimed_once(migrated_url: str) -> None:
    async with scene(migrated_url) as on:
        answer = await on.mia.post(on.path("claim"))
        assert answer.status == 200, answer.body
        assert answer.body["agent"]["id"] == on.mia.agent_id
        assert answer.body["waiting"] is False
        await on.topic.wait_for(f"{on.mia.name} took this session.")
        await on.topic.card(f"Assigned to: {on.mia.name}")
        again = await on.mia.post(on.path("claim"))
        assert (again.status, await on.active(on.mia)) == (200, [1])
        late = await on.tom.post(on.path("claim"))
        assert (late.status, late.problem) == (409, "conflict")
        assert late.body["detail"] == f"{on.mia.name} already has this session: nothing was changed"
        admin = await on.ada.post(on.path("claim"))
        assert admin.problem == "conflict"
        # A session that they could never see does not exist for them.
        await on.make_assignments_old()
        assert (await on.tom.post(on.path("claim"))).problem == "not-found"
        assert (await on.tom.get(f"/sessions/{on.session}")).problem == "not-found"
        assert await on.active(on.mia, on.tom) == [1, 0]
        [entry] = await on.api.audit("session.claim")
        assert (entry["user_id"], entry["subject"]) == (on.mia.user_id, on.session)


async def test_of_two_who_claim_at_once_one_wins(migrated_url: str) -> None:
    async with scene(migrated_url) as on:
        everybody = [on.mia, on.tom, *[await on.api.person() for _ in range(4)]]
        answers = await asyncio.gather(*(each.post(on.path("claim")) for each in everybody))
        assert sorted(each.status for each in answers) == [200, 409, 409, 409, 409, 409]
        [won] = [each.body for each in answers if each.status == 200]
        for lost in (each for each in answers if each.status == 409):
            assert lost.problem == "conflict"
            assert lost.body["detail"].startswith(f"{won['agent']['name']} already has")
        assert sum(await on.active(*everybody)) == 1
        assert len(await on.api.audit("session.claim")) == 1


async def test_an_administrator_gives_a_session_to_whom_they_like(migrated_url: str) -> None:
    async with scene(migrated_url) as on:
        given = await on.ada.post(on.path("assign"), {"agent_id": on.tom.agent_id})
        assert given.status == 200, given.body
        assert given.body["agent"]["name"] == on.tom.name
        await on.ann.wait_for(f"{on.tom.name} is with you now.")
        await on.topic.wait_for(f"{on.ada.name} assigned this session to {on.tom.name}.")
        await on.topic.card(f"Assigned to: {on.tom.name}")
        await hears(on.tom_in_group, f"{on.ada.name} gave you session 1 of {on.ann.name}.")

        because = {"agent_id": on.mia.agent_id, "reason": "Tom is ill"}
        moved = await on.ada.post(on.path("assign"), because)
        await on.ann.wait_for(f"{on.mia.name} is with you now.")
        said = f"transferred this session from {on.tom.name} to {on.mia.name}.\nTom is ill"
        await on.topic.wait_for(f"{on.ada.name} {said}")
        await hears(
            on.tom_in_group, f"transferred your session 1 of {on.ann.name} to {on.mia.name}."
        )
        await hears(on.mia_in_group, f"gave you session 1 of {on.ann.name}.\nTom is ill")
        assert await on.active(on.mia, on.tom) == [1, 0]
        handovers = moved.body["handovers"]
        assert [
            (each["from_name"], each["to_name"], each["by_name"], each["reason"])
            for each in handovers
        ] == [
            (on.tom.name, on.mia.name, on.ada.name, "Tom is ill"),
            (None, on.tom.name, on.ada.name, None),
        ]
        assert "Tom is ill" not in str(await on.api.rows("SELECT * FROM audit_log"))
        assert len(await on.api.audit("session.assign")) == 2


async def test_an_agent_hands_a_session_on_and_says_why(migrated_url: str) -> None:
    async with scene(migrated_url) as on:
        to_tom = {"agent_id": on.tom.agent_id, "reason": "Speaks Dutch"}
        nobody_holds_it = await on.mia.post(on.path("transfer"), to_tom)
        assert nobody_holds_it.problem == "conflict"
        assert "claim it first" in nobody_holds_it.body["detail"]
        await on.mia.post(on.path("claim"))
        moved = await on.mia.post(on.path("transfer"), to_tom)
        assert moved.status == 200, moved.body
        assert moved.body["agent"]["id"] == on.tom.agent_id
        await on.topic.wait_for(f"from {on.mia.name} to {on.tom.name}.\nSpeaks Dutch")
        await hears(on.tom_in_group, f"{on.mia.name} gave you session 1")
        await on.topic.card(f"Assigned to: {on.tom.name}")
        assert await on.active(on.mia, on.tom) == [0, 1]
        # She does not hold it any more.
        for method in (on.mia.get(f"/sessions/{on.session}"), on.mia.post(on.path("end"))):
            assert (await method).problem == "not-found"
        shown = (await on.tom.get(f"/sessions/{on.session}")).body
        assert shown["handovers"][0]["reason"] == "Speaks Dutch"


async def test_to_whom_no_session_can_be_given(migrated_url: str) -> None:
    async with scene(migrated_url) as on:
        await on.mia.post(on.path("claim"))

        async def faults(to: str, reason: Any = "x") -> Any:
            body = {"agent_id": to, "reason": reason}
            return (await on.mia.post(on.path("transfer"), body)).faults

        assert await faults(NOBODY) == {"agent_id": "unknown"}
        assert await faults("nonsense") == {"agent_id": "string_pattern_mismatch"}
        assert await faults(on.tom.agent_id, "") == {"reason": "string_too_short"}
        assert await faults(on.tom.agent_id, "x" * 501) == {"reason": "string_too_long"}
        await on.ada.patch(f"/users/{on.tom.user_id}", {"is_active": False})
        assert await faults(on.tom.agent_id) == {"agent_id": "unknown"}
        to_herself = {"agent_id": on.mia.agent_id, "reason": "x"}
        assert (await on.mia.post(on.path("transfer"), to_herself)).problem == "conflict"
        assert (await on.ada.post(on.path("assign"), to_herself)).problem == "conflict"
        assert await on.active(on.mia, on.tom) == [1, 0]
        assert await on.api.rows("SELECT * FROM conversation_handovers") == []


async def test_two_who_hand_it_on_at_once(migrated_url: str) -> None:
    """Each transfer is done completely, one after the other, or not at all: the counts agree."""
    async with scene(migrated_url) as on:
        await on.mia.post(on.path("claim"))
        others = [on.tom, *[await on.api.person() for _ in range(3)]]
        await asyncio.gather(
            *(
                on.mia.post(on.path("transfer"), {"agent_id": each.agent_id, "reason": "x"})
                for each in others
            ),
            on.ada.post(on.path("assign"), {"agent_id": on.tom.agent_id}),
            on.mia.post(on.path("end")),
        )
        [row] = await on.api.rows("SELECT cs_id, status FROM sessions")
        is_open = row["status"] == "ACTIVE"
        counted = await on.active(on.mia, *others)
        expected = [int(is_open and each.agent_id == row["cs_id"]) for each in (on.mia, *others)]
        assert counted == expected


async def test_a_session_is_ended_and_who_waits_is_next(migrated_url: str) -> None:
    async with scene(migrated_url) as on:
        bob = await on.stage.customer("Bob")
        await on.mia.post(on.path("claim"))
        await bob.says("and I?")
        await (await on.stage.topic(bob)).card("nobody (waiting)")
        await on.mia_in_group.tells_bot("/online", "You are online")
        await on.api.change("UPDATE agents SET capacity = 1 WHERE id = :id", id=on.mia.agent_id)
        ended = await on.ada.post(on.path("end"))
        assert ended.status == 200, ended.body
        assert (ended.body["status"], ended.body["unread_count"]) == ("ENDED", 0)
        await on.ann.wait_for("This conversation is closed.")
        await on.topic.wait_for(f"Session 1 was ended by {on.ada.name}.")
        await on.topic.card("no open session")
        await hears(on.mia_in_group, f"{on.ada.name} ended your session 1 of {on.ann.name}.")
        again = await on.ada.post(on.path("end"))
        assert (again.problem, again.body["detail"]) == (
            "conflict",
            "this session has ended already",
        )
        claimed = await on.mia.post(on.path("claim"))
        assert claimed.body["detail"] == "this session has ended: reopen it first"


async def test_an_ended_session_goes_on_with_who_held_it(migrated_url: str) -> None:
    async with scene(migrated_url) as on:
        await on.mia.post(on.path("claim"))
        assert (await on.mia.post(on.path("reopen"))).problem == "conflict"
        await on.mia.post(on.path("end"))
        await on.topic.card("no open session")
        assert (await on.tom.post(on.path("reopen"))).problem == "not-found"
        reopened = await on.ada.post(on.path("reopen"))
        assert reopened.status == 200, reopened.body
        assert (reopened.body["status"], reopened.body["ended_at"]) == ("ACTIVE", None)
        assert reopened.body["agent"]["id"] == on.mia.agent_id
        await on.topic.wait_for(f"Session 1 was reopened by {on.ada.name}.")
        await on.topic.card("Session: #1", f"Assigned to: {on.mia.name}")
        await hears(on.mia_in_group, f"reopened your session 1 of {on.ann.name}.")
        assert await on.active(on.mia) == [1]
        # New messages of the customer belong to it again.
        await on.ann.says("thank you")
        await on.topic.wait_for("thank you")
        assert {row["number"] for row in await on.stage.load_messages(on.ann)} == {1}


async def test_only_the_last_session_is_reopened_and_waits_for_somebody_if_need_be(
    migrated_url: str,
) -> None:
    async with scene(migrated_url) as on:
        await on.mia.post(on.path("claim"))
        await on.mia.post(on.path("end"))
        await on.ann.says("one more thing")
        await on.topic.card("Session: #2", "nobody (waiting)")
        another = await on.mia.post(on.path("reopen"))
        assert another.problem == "conflict"
        assert "another session" in another.body["detail"]
        second = await wait_for_session(on.stage, on.ann)
        await on.tom.post(f"/sessions/{second}/claim")
        await on.tom.post(f"/sessions/{second}/end")
        older = await on.mia.post(on.path("reopen"))
        assert older.body["detail"].startswith("this was not the conversation's last session")
        await on.ada.patch(f"/users/{on.tom.user_id}", {"is_active": False})
        reopened = await on.ada.post(f"/sessions/{second}/reopen")
        assert (reopened.body["waiting"], reopened.body["agent"]) == (True, None)
        await on.topic.card("Session: #2", "nobody (waiting)")
        assert await on.active(on.mia, on.tom) == [0, 0]


async def test_what_was_read_is_read_and_what_comes_after_is_not(migrated_url: str) -> None:
    async with scene(migrated_url) as on:
        await on.ann.says("are you there?")
        await on.topic.wait_for("are you there?")
        before = (await on.mia.get(f"/sessions/{on.session}")).body
        assert before["unread_count"] == 2
        [kept] = await on.api.rows("SELECT last_message_at FROM conversations")
        assert (await on.mia.post(on.path("read"))).status == 204
        assert (await on.mia.post(on.path("read"))).status == 204
        after = (await on.mia.get(f"/sessions/{on.session}")).body
        assert after["unread_count"] == 0
        assert await on.api.rows("SELECT last_message_at FROM conversations") == [kept]
        messages = (await on.mia.get(on.path("messages"))).body["items"]
        assert [each["is_read"] for each in messages] == [True, True]
        await on.ann.says("hello?")
        await on.topic.wait_for("hello?")
        assert (await on.mia.get(f"/sessions/{on.session}")).body["unread_count"] == 1
        assert (await on.mia.get("/sessions?unread=true")).body["items"][0]["id"] == on.session
        # An ended session has no unread messages.
        await on.mia.post(on.path("claim"))
        await on.mia.post(on.path("end"))
        [unread] = await on.api.rows("SELECT COUNT(*) AS n FROM messages WHERE is_read = 0")
        assert unread["n"] == 0


async def hears(agent: Person, text: str) -> None:
    """Wait until the bot sends an agent this text in private."""

    async def found() -> bool:
        heard = await agent.telegram.messages(agent.user)
        return any(text in (each.get("text") or "") for each in heard)

    await eventually(found, f"{agent.name} is told {text!r}")
