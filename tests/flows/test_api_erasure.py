"""Erasure of a customer: nothing of them is found anywhere, and they can return as somebody new."""

import asyncio
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select

from db.tables import metadata
from sandbox.telegram.model.sample_files import png
from tests.api.stage import ApiStage
from tests.flows.api_agents import wait_for_session
from tests.flows.eventually import eventually
from tests.flows.stage import Stage
from tests.flows.test_api_steering import Scene, scene
from tests.flows.webhook_receiver import run_receiver

# These words appear in everything stored about the customer: their texts, notes, names.
MARK = "xylophone"


async def find_rows_with(api: ApiStage, *words: str) -> list[str]:
    """Find every row of the database that contains one of these words."""
    rows: list[str] = []
    async with api.database.transaction() as tx:
        for table in metadata.sorted_tables:
            rows += [f"{table.name}: {tuple(row)}" for row in await tx.execute(select(table))]
    return [row for row in rows if any(word in row for word in words)]


async def run_long_conversation(on: Scene) -> str:
    """Run a long conversation between a customer and the staff; return the client's id."""
    ann, topic = on.ann, on.topic
    client = (await on.mia.get(f"/sessions/{on.session}")).body["client"]["id"]
    said = await ann.says(f"the {MARK} is broken")
    await topic.wait_for(f"the {MARK} is broken")
    await ann.edits(said, f"my {MARK} is broken")
    await topic.wait_for(f"my {MARK} is broken", edited=True)
    await ann.sends("photo", caption=f"a picture of the {MARK}")
    await topic.wait_for(f"a picture of the {MARK}")
    await on.mia.post(on.path("claim"))
    reason = f"knows about the {MARK}"
    await on.mia.post(on.path("transfer"), {"agent_id": on.tom.agent_id, "reason": reason})
    key = {"Idempotency-Key": "one"}
    text = {"text": f"what of the {MARK}?"}
    answer = await on.tom.post(on.path("messages"), text, headers=key)
    assert answer.status == 201, answer.body
    await on.stage.wait_for_state(ann, f"what of the {MARK}?", "sent")
    await on.tom_in_group.writes(topic, f"is it a wooden {MARK}?")
    await ann.wait_for(f"is it a wooden {MARK}?")
    await on.tom_in_group.writes(topic, f"// they love their {MARK}")
    await on.tom.patch(f"/clients/{client}", {"name": f"Ann {MARK}", "phone": "+62 811 999"})
    await topic.card(f"Customer: Ann {MARK}")
    await eventually(lambda: quiet(on.stage), "nothing waits to be sent")
    return client


async def leave_traces_elsewhere(on: Scene) -> None:
    """Let the customer's words reach what several conversations share, handled and parked."""
    group = {"id": on.stage.group["id"], "type": "supergroup", "title": "Staff", "is_forum": True}
    numbers = count(900_001)

    def in_general(text: str, **more: Any) -> Any:
        number = next(numbers)
        return {"message_id": number, "date": 1, "chat": group, "text": text, **more}

    mia = on.mia_in_group.user
    quoted = in_general(f"{on.ann.name} asked about the {MARK}")
    press = {"id": "77", "from": mia, "chat_instance": "1", "data": "x", "message": quoted}
    handled = [
        {"callback_query": press},
        {"message": in_general(f"who knows a {MARK}?", reply_to_message=quoted, **{"from": mia})},
    ]
    for update in handled:
        await on.stage.telegram.inject(update)
    # Updates of an unknown kind are parked; the last one is about nobody.
    for unknown in (
        in_general(f"about Ann {MARK}"),
        in_general("about their id", users=[int(on.ann.address)]),
        {"users": [{"id": int(on.ann.address), "says": MARK}]},
        in_general("about the weather"),
    ):
        await on.stage.telegram.inject({"time_travel": unknown})
    mine = {"id": int(on.ann.address), "type": "private", "first_name": on.ann.name}
    broken = {"message_id": "not a number", "date": 1, "chat": mine, "from": mine, "text": MARK}
    await on.stage.telegram.inject({"message": broken})

    async def all_parked() -> bool:
        rows = await on.stage.rows("SELECT id FROM inbox WHERE state = 'parked'")
        return len(rows) == 5

    await eventually(all_parked, "what cannot be handled is parked")


async def merge_with_another(on: Scene, client: str) -> str:
    """Merge the client with another customer, whose words are theirs, too; return the address."""
    bea = await on.stage.customer(f"Bea {MARK}")
    await bea.says(f"I have another {MARK}")
    await (await on.stage.topic(bea)).wait_for(f"I have another {MARK}")
    session = await wait_for_session(on.stage, bea)
    other = (await on.ada.get(f"/sessions/{session}")).body["client"]["id"]
    merged = await on.ada.post(f"/clients/{client}/join", {"client_id": other})
    assert merged.status in {200, 201}, merged.body
    return bea.address


async def find_bytes(stage: Stage, *words: str) -> list[str]:
    """Return those of these words that stand in the SQLite file, or in its log."""
    if not stage.database.is_sqlite:
        return []
    await stage.database.truncate_log()
    file = Path(stage.database.address.url.database or "")
    found = b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))
    assert b"SQLite format 3" in found
    return [word for word in words if word.encode() in found]


async def quiet(stage: Stage) -> bool:
    waiting = await stage.rows("SELECT id FROM outbox WHERE state IN ('pending', 'sending')")
    return not waiting


async def test_nothing_is_left_of_them(migrated_url: str) -> None:
    async with (
        run_receiver() as receiver,
        scene(migrated_url, webhook_allow_private=True) as on,
    ):
        hook = {"name": "Hook", "url": receiver.url}
        assert (await on.ada.post("/webhooks", hook)).status == 201
        client = await run_long_conversation(on)
        await leave_traces_elsewhere(on)
        other = await merge_with_another(on, client)
        await send_file(on, png())
        assert files_below(on.stage.settings.media_dir) == 1
        bob = await on.stage.customer("Bob")
        await bob.says("I stay")
        await (await on.stage.topic(bob)).wait_for("I stay")
        address, name = on.ann.address, on.ann.name
        secrets = (MARK, name, f"'{address}'", "+62 811 999", "AgAC")
        assert await find_rows_with(on.api, *secrets) != []
        assert set(await find_bytes(on.stage, MARK, name)) == (
            {MARK, name} if on.stage.database.is_sqlite else set()
        )
        assert await on.api.rows("SELECT id FROM webhook_deliveries") != []
        assert await on.active(on.tom) == [1]

        deleted = await on.api.erase(on.ada, client)
        assert deleted.status == 204, deleted.body
        left = await find_rows_with(on.api, *secrets, address, other)
        assert left == []
        plain = (MARK, name, "+62 811 999", address, other)
        assert await find_bytes(on.stage, *plain) == []
        [parked] = await on.stage.rows("SELECT payload FROM inbox WHERE state = 'parked'")
        assert "the weather" in parked["payload"]
        assert files_below(on.stage.settings.media_dir) == 0
        assert await on.active(on.tom) == [0]
        for path in (f"/clients/{client}", f"/clients/{client}/export", f"/sessions/{on.session}"):
            assert (await on.ada.get(path)).problem == "not-found"
        for query in (f"/clients?q={MARK}", f"/conversations?q={MARK}", f"/sessions?q={MARK}"):
            assert (await on.ada.get(query)).body["items"] == []
        [entry] = await on.api.audit("client.delete")
        assert (entry["user_id"], entry["subject"]) == (on.ada.user_id, client)
        assert (await on.ada.delete(f"/clients/{client}")).problem == "not-found"

        # The topic is deleted with its messages; the other agents are notified without a name.
        await eventually(lambda: topic_is_gone(on), "the topic is deleted")
        notice = await on.stage.general.wait_for(f"{on.ada.name} deleted all data of a customer")
        assert name not in notice.text
        assert len((await on.ada.get("/sessions")).body["items"]) == 1  # Bob's topic


async def send_file(on: Scene, data: bytes) -> None:
    """Send the customer a file by the API."""
    form = aiohttp.FormData()
    form.add_field("file", data, filename=f"{MARK}.png", content_type="image/png")
    url = f"{on.api.address}/api/v1{on.path('files')}"
    headers = {"Authorization": f"Bearer {on.tom.token}"}
    async with on.api.http.post(url, data=form, headers=headers) as reply:
        body = await reply.json()
        assert reply.status == 201, body
    await eventually(lambda: quiet(on.stage), "the file is sent")


def files_below(folder: Path) -> int:
    return sum(each.is_file() for each in folder.rglob("*"))


async def topic_is_gone(on: Scene) -> bool:
    topics = await on.stage.telegram.topics(on.stage.group)
    return all(each["deleted"] for each in topics if each["message_thread_id"] == on.topic.thread)


async def test_who_writes_again_is_somebody_new(migrated_url: str) -> None:
    async with scene(migrated_url) as on:
        client = (await on.mia.get(f"/sessions/{on.session}")).body["client"]["id"]
        await on.ada.post(f"/clients/{client}/block")
        assert (await on.api.erase(on.ada, client)).status == 204
        await eventually(lambda: topic_is_gone(on), "the topic is deleted")
        await on.ann.says("hello again")
        topic = await on.stage.topic(on.ann)
        assert topic.thread != on.topic.thread
        await topic.wait_for("hello again")
        await topic.card("Session: #1", "nobody (waiting)")
        [fresh] = (await on.ada.get("/clients")).body["items"]
        assert fresh["id"] != client
        assert (fresh["name"], fresh["is_blocked"]) == (on.ann.name, False)


async def test_what_is_being_sent_is_waited_for(migrated_url: str) -> None:
    async with scene(migrated_url) as on:
        await eventually(lambda: quiet(on.stage), "nothing waits to be sent")
        client = (await on.mia.get(f"/sessions/{on.session}")).body["client"]["id"]
        held = "UPDATE lanes SET lease = :lease, lease_until = :until WHERE queue = 'staff'"
        token, far = "01KAPQ4M6Q9Y0JX7T0ZV3F9B2D", "2999-01-01 00:00:00.000000"
        await on.api.change(held, lease=token, until=far)
        deleting = asyncio.create_task(on.api.erase(on.ada, client))

        async def begun() -> bool:
            kept = await on.api.rows("SELECT id FROM inbox WHERE lane = 'erased'")
            return bool(kept)

        await eventually(begun, "the deletion has begun")
        assert not deleting.done()
        assert (await on.ada.get(f"/clients/{client}")).status == 200
        await on.api.change(held, lease=None, until=None)
        assert (await deleting).status == 204


async def test_a_topic_that_may_not_be_deleted_is_closed_and_has_no_name(
    migrated_sqlite_url: str,
) -> None:
    async with scene(migrated_sqlite_url) as on:
        client = (await on.mia.get(f"/sessions/{on.session}")).body["client"]["id"]
        refusal = "Bad Request: not enough rights to delete a topic"
        await on.stage.telegram.fail("deleteForumTopic", code=400, description=refusal, times=9)
        assert (await on.api.erase(on.ada, client)).status == 204

        async def closed() -> bool:
            topics = await on.stage.telegram.topics(on.stage.group)
            [mine] = [each for each in topics if each["message_thread_id"] == on.topic.thread]
            return bool(mine["closed"]) and mine["name"] == "Deleted customer"

        await eventually(closed, "the topic is closed and renamed")
        assert await on.stage.rows("SELECT id FROM outbox WHERE state = 'failed'") == []


async def test_a_topic_that_was_deleted_by_hand_is_no_trouble(migrated_sqlite_url: str) -> None:
    async with scene(migrated_sqlite_url) as on:
        client = (await on.mia.get(f"/sessions/{on.session}")).body["client"]["id"]
        await eventually(lambda: quiet(on.stage), "nothing waits to be sent")
        await on.stage.telegram.delete_topic(on.stage.group, on.topic.thread)
        assert (await on.api.erase(on.ada, client)).status == 204
        await eventually(lambda: quiet(on.stage), "nothing waits to be sent")
        assert await on.stage.rows("SELECT id FROM outbox WHERE state = 'failed'") == []


async def test_customers_who_write_while_they_are_deleted(migrated_url: str) -> None:
    """Whichever is faster: there is one client with all that they wrote since, or none."""
    async with scene(migrated_url) as on:
        client = (await on.mia.get(f"/sessions/{on.session}")).body["client"]["id"]
        words = [f"word {n}" for n in range(20)]

        async def chatter() -> None:
            for word in words:
                await on.ann.says(word)

        answers = await asyncio.gather(
            chatter(),
            *(on.api.erase(on.ada, client) for _ in range(3)),
            return_exceptions=True,
        )
        statuses = sorted(
            each.status for each in answers[1:] if not isinstance(each, BaseException)
        )
        assert set(statuses) <= {204, 404}
        assert 204 in statuses
        await on.ann.says("the last word")

        async def settled() -> Any:
            kept = await on.stage.load_messages(on.ann)
            return kept and kept[-1]["message"] == "the last word"

        await eventually(settled, "the last word is kept")
        assert (await on.ada.get(f"/clients/{client}")).problem == "not-found"
        assert len((await on.ada.get("/clients")).body["items"]) == 1
        kept = [row["message"] for row in await on.stage.load_messages(on.ann)]
        assert kept == [*words, "the last word"][-len(kept) :]
        assert "hello" not in kept


@pytest.mark.parametrize("who", ["CS", "nobody"])
async def test_others_delete_nobody(migrated_sqlite_url: str, who: str) -> None:
    async with scene(migrated_sqlite_url) as on:
        client = (await on.mia.get(f"/sessions/{on.session}")).body["client"]["id"]
        if who == "CS":
            assert (await on.mia.delete(f"/clients/{client}")).problem == "refused"
        else:
            assert (await on.api.ask("DELETE", f"/clients/{client}")).problem == "not-logged-in"
        assert (await on.mia.get(f"/clients/{client}")).status == 200
        assert await hears_nothing(on)


async def hears_nothing(on: Scene) -> bool:
    return not any("deleted all data" in text for text in await on.stage.general.texts())
