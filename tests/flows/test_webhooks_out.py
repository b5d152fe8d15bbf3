"""Outgoing webhooks to a real receiver: signed, in order, retried, never redirected."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio

from tests.api.desk_actions import say
from tests.api.stage import ApiStage, Json
from tests.api.stage import Person as Caller
from tests.flows.eventually import eventually
from tests.flows.stage import Stage, run_stage
from tests.flows.webhook_receiver import Receiver, run_receiver

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(shared_url: str) -> AsyncIterator[Stage]:
    """Run a desk whose webhooks may use addresses of this machine."""
    async with run_stage(shared_url, webhook_allow_private=True) as made:
        yield made


@asynccontextmanager
async def subscribe(
    ada: Caller, *events: str, url: str | None = None
) -> AsyncIterator[tuple[Receiver, Json]]:
    """Subscribe a receiver to these events until the block ends."""
    async with run_receiver() as receiver:
        body = {"name": "Hook", "url": url or receiver.url, "events": list(events)}
        made = await ada.post("/webhooks", body)
        assert made.status == 201, made.body
        yield receiver, made.body
        assert (await ada.delete(f"/webhooks/{made.body['id']}")).status == 204


async def deliveries(ada: Caller, hook: Json, **query: Any) -> list[Json]:
    """List a webhook's deliveries, oldest first."""
    answer = await ada.get(f"/webhooks/{hook['id']}/deliveries", params={"limit": 100, **query})
    assert answer.status == 200, answer.body
    found: list[Json] = answer.body["items"]
    return found[::-1]


async def wait_for_deliveries(ada: Caller, hook: Json, state: str, many: int) -> list[Json]:
    """Wait until that many deliveries are in this state."""

    async def found() -> list[Json]:
        rows = await deliveries(ada, hook, state=state)
        return rows if len(rows) >= many else []

    return await eventually(found, f"{many} deliveries are {state}")


async def make_retries_due(api: ApiStage, hook: Json) -> None:
    """Make every waiting retry due now."""
    await api.change("UPDATE webhooks SET due_at = NULL WHERE id = :id", id=hook["id"])
    await api.change(
        "UPDATE webhook_deliveries SET due_at = created_at"
        " WHERE state = 'aside' AND webhook_id = :id",
        id=hook["id"],
    )


async def test_a_receiver_is_told_signed_and_in_order(stage: Stage, api: ApiStage) -> None:
    ada, ann = await api.admin(), await stage.customer()
    mia = await stage.agent("Mia", online=False)
    await stage.change("UPDATE agents SET status = 'offline'")
    async with subscribe(ada) as (receiver, hook):
        secret = hook["secret"]
        await ann.says("is anybody there?")
        topic = await stage.topic(ann)
        await mia.writes(topic, "I am")
        await receiver.wait_for("delivery", text="I am")
        kinds = [each.kind for each in receiver.requests]
        assert kinds[:2] == ["session.opened", "message.new"]
        assert receiver.texts() == ["is anybody there?", "I am"]
        assert kinds.index("session.assigned") < len(kinds) - 1
        for each in receiver.requests:
            assert each.is_signed_with(secret)
            assert each.headers["content-type"] == "application/json"
            assert each.path == "/hook"
        ids = [each.id for each in receiver.requests]
        assert len(ids) == len(set(ids))
        rows = await wait_for_deliveries(ada, hook, "delivered", len(ids))
        assert [row["id"] for row in rows][: len(ids)] == ids
        assert {row["status"] for row in rows} == {204}
        assert {row["attempts"] for row in rows} == {1}
        shown = (await ada.get(f"/webhooks/{hook['id']}")).body
        assert shown["last_delivered_at"] is not None
        assert "secret" not in shown
        assert secret not in (await ada.get("/webhooks")).raw.decode()


async def test_only_what_is_wanted_is_told(api: ApiStage) -> None:
    ada, mia = await api.admin(), await api.person("Mia")
    async with subscribe(ada, "agent.status") as (receiver, hook):
        await say(api, await api.session(mia), "nobody asked for this")
        await mia.patch("/auth/me", {"status": "busy"})
        came = await receiver.wait_for("agent.status")
        assert came.data["agent"] == {"id": mia.agent_id, "name": mia.name, "status": "busy"}
        assert {each.kind for each in receiver.requests} == {"agent.status"}
        wanted = {"events": ["message.new", "message.new"]}
        changed = await ada.patch(f"/webhooks/{hook['id']}", wanted)
        assert changed.body["events"] == ["message.new"]
        await mia.patch("/auth/me", {"status": "online"})
        await say(api, await api.session(mia), "but now for this")
        await receiver.wait_for("message.new", text="but now for this")
        assert len(receiver.requests) == 2


async def test_it_can_be_tried(api: ApiStage) -> None:
    ada = await api.admin()
    async with subscribe(ada, "session.ended") as (receiver, hook):
        tried = await ada.post(f"/webhooks/{hook['id']}/test")
        assert (tried.status, tried.body["state"]) == (202, "pending")
        came = await receiver.wait_for("webhook.test")
        assert came.id == tried.body["id"]
        assert came.is_signed_with(hook["secret"])
        [row] = await wait_for_deliveries(ada, hook, "delivered", 1)
        assert (row["event"], row["status"]) == ("webhook.test", 204)
        again = await ada.post(f"/webhooks/{hook['id']}/secret")
        assert again.status == 201
        await ada.post(f"/webhooks/{hook['id']}/test")
        await wait_for_deliveries(ada, hook, "delivered", 2)
        assert receiver.requests[-1].is_signed_with(again.body["secret"])
        assert not receiver.requests[-1].is_signed_with(hook["secret"])


async def test_while_nobody_is_there_everything_waits_in_order(api: ApiStage) -> None:
    ada, mia = await api.admin(), await api.person("Mia")
    session = await api.session(mia)
    async with subscribe(ada, "message.new") as (receiver, hook):
        receiver.answers = [503, 429, 204]
        await say(api, session, "one", "two", "three")

        async def failing() -> bool:
            shown = (await ada.get(f"/webhooks/{hook['id']}")).body
            return bool(shown["failures"] == 1 and shown["due_at"])

        await eventually(failing, "it is noted that nobody is there")
        assert receiver.texts() == ["one"]
        first, *others = await deliveries(ada, hook)
        assert (first["state"], first["attempts"], first["status"]) == ("pending", 1, 503)
        assert [each["attempts"] for each in others] == [0, 0]
        while len(receiver.requests) < 2:
            await make_retries_due(api, hook)
            await asyncio.sleep(0.05)
        while len(receiver.requests) < 5:
            await make_retries_due(api, hook)
            await asyncio.sleep(0.05)
        assert receiver.texts() == ["one", "one", "one", "two", "three"]
        assert len({each.id for each in receiver.requests}) == 3
        rows = await wait_for_deliveries(ada, hook, "delivered", 3)
        assert [row["attempts"] for row in rows] == [3, 1, 1]
        assert (await ada.get(f"/webhooks/{hook['id']}")).body["failures"] == 0


async def test_one_that_is_refused_holds_the_others_up_for_some_tries_only(api: ApiStage) -> None:
    ada, mia = await api.admin(), await api.person("Mia")
    session = await api.session(mia)
    async with subscribe(ada, "message.new") as (receiver, hook):
        receiver.should_refuse = lambda came: came.text == "poison"
        await say(api, session, "before", "poison", "after")
        while "after" not in receiver.texts():
            await make_retries_due(api, hook)
            await asyncio.sleep(0.05)
        texts = receiver.texts()
        assert texts[: texts.index("after") + 1] == ["before", *["poison"] * 4, "after"]
        [row] = await wait_for_deliveries(ada, hook, "aside", 1)
        assert (row["status"], row["attempts"] >= 4) == (400, True)
        assert "400" in row["error"]
        receiver.should_refuse = lambda _: False
        replayed = await ada.post(f"/webhooks/{hook['id']}/deliveries/{row['id']}/replay")
        assert replayed.status == 202
        rows = await wait_for_deliveries(ada, hook, "delivered", 3)
        assert {each["id"] for each in rows} == {each.id for each in receiver.requests}


async def test_a_day_later_it_is_given_up_and_can_be_replayed(api: ApiStage) -> None:
    ada, mia = await api.admin(), await api.person("Mia")
    session = await api.session(mia)
    async with subscribe(ada, "message.new") as (receiver, hook):
        receiver.answers = [500]
        await say(api, session, "too late")
        [row] = await wait_for_deliveries(ada, hook, "pending", 1)
        await eventually(lambda: _came(receiver, 1), "it is tried")
        await api.change(
            "UPDATE webhook_deliveries SET expires_at = created_at WHERE webhook_id = :id",
            id=hook["id"],
        )
        await make_retries_due(api, hook)
        [parked] = await wait_for_deliveries(ada, hook, "parked", 1)
        assert parked["id"] == row["id"]
        assert parked["settled_at"] is not None
        many = len(receiver.requests)
        receiver.answers = [200]
        path = f"/webhooks/{hook['id']}/deliveries/{row['id']}/replay"
        assert (await ada.post(path)).body["state"] == "aside"
        [done] = await wait_for_deliveries(ada, hook, "delivered", 1)
        assert (done["id"], done["status"], done["attempts"]) == (row["id"], 200, 1)
        assert [each.id for each in receiver.requests[many:]] == [row["id"]]
        assert (await ada.post(path)).status == 202, "what was delivered can be delivered again"
        await eventually(lambda: _came(receiver, many + 2), "it comes once more")


async def _came(receiver: Receiver, many: int) -> bool:
    return len(receiver.requests) >= many


async def test_who_hangs_or_is_not_there_holds_up_nobody_else(api: ApiStage) -> None:
    ada, mia = await api.admin(), await api.person("Mia")
    session = await api.session(mia)
    async with (
        subscribe(ada, "message.new") as (hanging, hung),
        subscribe(ada, "message.new", url="http://127.0.0.1:1/nobody") as (_, dead),
        subscribe(ada, "message.new") as (well, _),
    ):
        hanging.hang_until = asyncio.Event()
        for number in range(5):
            await say(api, session, f"message {number}")
            await well.wait_for("message.new", text=f"message {number}")
        assert hanging.texts() == ["message 0"]
        rows = await deliveries(ada, hung)
        assert {row["state"] for row in rows} == {"pending"}

        async def noted() -> Json | None:
            return next((row for row in await deliveries(ada, dead) if row["error"]), None)

        first = await eventually(noted, "it is noted why nothing arrives")
        assert first["status"] is None
        assert "Connect" in first["error"] or "Errno" in first["error"]


async def test_a_redirection_is_not_followed(api: ApiStage) -> None:
    ada, mia = await api.admin(), await api.person("Mia")
    async with subscribe(ada, "message.new") as (receiver, hook):
        receiver.answers, receiver.headers = [307], {"Location": f"{receiver.url}/elsewhere"}
        await say(api, await api.session(mia), "follow me")

        async def noted() -> bool:
            rows = await deliveries(ada, hook)
            return [row["status"] for row in rows] == [307] and "redirects" in rows[0]["error"]

        await eventually(noted, "it is noted")
        assert {each.path for each in receiver.requests} == {"/hook"}


async def test_switched_off_it_is_told_nothing_and_on_again_what_happens_then(
    api: ApiStage,
) -> None:
    ada, mia = await api.admin(), await api.person("Mia")
    session = await api.session(mia)
    async with subscribe(ada, "message.new") as (receiver, hook):
        path = f"/webhooks/{hook['id']}"
        assert (await ada.patch(path, {"is_active": False})).body["is_active"] is False
        await say(api, session, "while it is off")
        assert (await ada.post(f"{path}/test")).problem == "conflict"
        await ada.patch(path, {"is_active": True})
        await say(api, session, "while it is on")
        await receiver.wait_for("message.new", text="while it is on")
        assert receiver.texts() == ["while it is on"]
        async with run_receiver() as other:
            await ada.patch(path, {"url": other.url, "name": "Moved"})
            await say(api, session, "to another address")
            await other.wait_for("message.new", text="to another address")
            assert len(receiver.requests) == 1


async def test_deleted_it_is_told_nothing_more(api: ApiStage) -> None:
    ada, mia = await api.admin(), await api.person("Mia")
    session = await api.session(mia)
    async with subscribe(ada, "message.new") as (witness, _):
        async with subscribe(ada, "message.new") as (receiver, hook):
            pass
        async with run_receiver():
            await say(api, session, "after the end")
            await witness.wait_for("message.new", text="after the end")
        assert receiver.requests == []
        for path in ("", "/deliveries"):
            assert (await ada.get(f"/webhooks/{hook['id']}{path}")).problem == "not-found"
        assert hook["id"] not in {each["id"] for each in (await ada.get("/webhooks")).body["items"]}


async def test_what_was_removed_meanwhile_is_not_told(api: ApiStage) -> None:
    ada, mia = await api.admin(), await api.person("Mia")
    session = await api.session(mia)
    async with subscribe(ada, "message.new") as (receiver, hook):
        receiver.answers = [503]
        [_, secret] = await say(api, session, "a word", "a secret")
        await eventually(lambda: _came(receiver, 1), "it is tried")
        await api.change("DELETE FROM messages WHERE id = :id", id=secret)
        receiver.answers = [204]
        await make_retries_due(api, hook)
        [parked] = await wait_for_deliveries(ada, hook, "parked", 1)
        assert "was deleted" in parked["error"]
        assert "a secret" not in receiver.texts()
        [kept] = await api.rows(
            "SELECT COUNT(*) AS n FROM webhook_deliveries WHERE records LIKE '%secret%'"
        )
        assert kept["n"] == 0, "no words are kept"


async def test_who_did_what_is_in_the_audit_log(api: ApiStage) -> None:
    ada = await api.admin()
    async with subscribe(ada, "message.new") as (_, hook):
        await ada.patch(f"/webhooks/{hook['id']}", {"name": "Another"})
        await ada.post(f"/webhooks/{hook['id']}/secret")
        await ada.post(f"/webhooks/{hook['id']}/test")
    rows = await api.rows(
        "SELECT actor, action, details FROM audit_log WHERE subject = :subject ORDER BY id",
        subject=f"webhook:{hook['id']}",
    )
    assert [row["action"] for row in rows] == [
        "webhook.created",
        "webhook.changed",
        "webhook.secret_renewed",
        "webhook.tested",
        "webhook.deleted",
    ]
    assert {row["actor"] for row in rows} == {ada.name}
    assert hook["secret"] not in str(rows)
