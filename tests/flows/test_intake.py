"""Unexpected updates: stored, parked with their error, and nothing waits behind them."""

from typing import Any

import pytest

from tests.flows.customers import Customer
from tests.flows.eventually import eventually
from tests.flows.staff import Topic
from tests.flows.stage import Stage, run_stage

Json = dict[str, Any]


def message_of(customer: Customer, **fields: Any) -> Json:
    number = int(customer.address)
    person = {"id": number, "is_bot": False, "first_name": customer.name}
    message = {
        "message_id": 7_000_001,
        "date": 1_800_000_000,
        "chat": {"id": number, "type": "private", "first_name": customer.name},
        "from": person,
        "text": "injected",
    }
    return {"message": message | fields}


NOT_SHOWN = "could not be handled after 5 tries, so it is not shown here"


async def said_in(topic: Topic) -> list[str]:
    """Return the texts of a topic that are not the notice of a parked update."""
    return [each for each in await topic.texts() if NOT_SHOWN not in each]


async def parked(stage: Stage, many: int) -> list[Json]:
    async def found() -> list[Json] | None:
        rows = await stage.rows(
            "SELECT id, payload, error, attempts FROM inbox WHERE state = 'parked' ORDER BY id"
        )
        return rows if len(rows) >= many else None

    return await eventually(found, f"{many} parked updates")


async def test_unknown_and_unreadable_updates_are_parked_and_told(migrated_url: str) -> None:
    async with run_stage(migrated_url) as stage:
        ann = await stage.customer()
        await ann.says("before")
        await stage.telegram.inject({"time_travel": {"to": 2040}})
        await stage.telegram.inject(message_of(ann, message_id="not a number"))
        await ann.says("later")
        topic = await stage.topic(ann)
        await topic.wait_for("later")
        await topic.wait_for(NOT_SHOWN)
        assert await said_in(topic) == ["before", "later"]
        rows = await parked(stage, 2)
        assert [row["attempts"] for row in rows] == [5, 5]
        assert any("time_travel" in row["error"] for row in rows)
        assert any("ValidationError" in row["error"] for row in rows)
        await stage.general.wait_for("could not be handled after 5 tries and was set aside")
        assert (
            len(await stage.general.list_messages()) == 1
        )  # many of them must not use up the rate limit


async def test_a_handler_that_keeps_failing_parks_its_update_alone(migrated_url: str) -> None:
    async with run_stage(migrated_url) as stage:
        if stage.database.is_sqlite:
            await stage.change(
                "CREATE TRIGGER refusal BEFORE INSERT ON messages WHEN new.message = 'poison'"
                " BEGIN SELECT RAISE(ABORT, 'refused by the test'); END"
            )
        else:
            await stage.change(
                "ALTER TABLE messages ADD CONSTRAINT refusal CHECK (message <> 'poison')"
            )
        ann, bob = await stage.customer(), await stage.customer("Bob")
        for text in ("one", "poison", "two"):
            await ann.says(text)
            await bob.says(f"{text} of Bob")
        topic, other = await stage.topic(ann), await stage.topic(bob)
        await topic.wait_for("two")
        await other.wait_for("two of Bob")
        await topic.wait_for(NOT_SHOWN)
        assert await said_in(topic) == ["one", "two"]
        assert await other.texts() == ["one of Bob", "poison of Bob", "two of Bob"]
        [row] = await parked(stage, 1)
        assert row["attempts"] == 5
        assert '"poison"' in row["payload"]
        await stage.general.wait_for("set aside")


ODD: dict[str, Json] = {
    "nothing": {},
    "a writer with odd ids": {
        "message": {
            "message_id": 1,
            "date": 1,
            "chat": {"id": "ключ", "type": "private"},
            "from": {"id": "ключ"},
        }
    },
    "an id beyond every column": {
        "message": {
            "message_id": 10**30,
            "date": 1,
            "chat": {"id": 10**30, "type": "private"},
            "from": {"id": 10**30, "is_bot": False, "first_name": "Far"},
            "text": "far out",
        }
    },
    "half a character": {
        "message": {
            "message_id": 1,
            "date": 1,
            "chat": {"id": 81, "type": "private"},
            "from": {"id": 81, "is_bot": False, "first_name": "Half \ud83d"},
            "text": "half \ud83d",
        }
    },
    "names longer than columns": {
        "message": {
            "message_id": 1,
            "date": 1,
            "chat": {"id": 82, "type": "private"},
            "from": {
                "id": 82,
                "is_bot": False,
                "first_name": "L" * 500,
                "username": "u" * 500,
                "language_code": "x" * 500,
            },
            "text": "long",
        }
    },
    "a press without a message": {
        "callback_query": {
            "id": "1",
            "from": {"id": 83, "is_bot": False, "first_name": "P"},
            "chat_instance": "1",
            "data": "end:",
        }
    },
    "a reaction of nobody": {
        "message_reaction": {
            "chat": {"id": 84, "type": "private"},
            "message_id": 1,
            "date": 1,
            "old_reaction": [],
            "new_reaction": [{"type": "emoji", "emoji": "👍"}],
        }
    },
    "a topic message without a topic": {
        "message": {
            "message_id": 1,
            "date": 1,
            "chat": {"id": -1, "type": "supergroup", "title": "T"},
            "is_topic_message": True,
            "text": "where?",
        }
    },
    "numbers all over": dict.fromkeys(("edited_message", "callback_query", "chat_member"), 1),
}


async def test_odd_shapes_never_stop_the_desk(migrated_url: str) -> None:
    async with run_stage(migrated_url) as stage:
        ann = await stage.customer()
        await ann.says("before")
        for update in ODD.values():
            await stage.telegram.inject(update)
        await ann.says("later")
        topic = await stage.topic(ann)
        await topic.wait_for("later")
        assert await topic.texts() == ["before", "later"]

        async def settled() -> bool:
            rows = await stage.rows(
                "SELECT state FROM inbox WHERE state = 'pending' AND lane NOT LIKE 'timer:%'"
            )
            return not rows

        await eventually(settled, "every odd update is handled or parked")
        names = [row["name"] for row in await stage.rows("SELECT name FROM clients")]
        assert any(name.startswith("Half") for name in names)
        assert any(name.startswith("LLL") for name in names)  # truncated, not rejected
        await ann.says("still alive")
        await topic.wait_for("still alive")


PRESSES = ["", ":", "claim:", "end:nonsense", "as:", "as:x:y", "again:", "again:1", "arrived:²"]


@pytest.mark.parametrize("number", ["9" * 30])
async def test_forged_buttons_are_out_of_date(migrated_url: str, number: str) -> None:
    async with run_stage(migrated_url) as stage:
        mia, ann = await stage.agent("Mia"), await stage.customer()
        await ann.says("hello")
        card = await (await stage.topic(ann)).card(ann.name)
        shown = next(
            each
            for each in await stage.telegram.messages(stage.group)
            if str(each["message_id"]) == card.id
        )
        for place, data in enumerate([*PRESSES, f"again:{number}", f"arrived:{number}"]):
            query: Json = {"id": f"forged{place}", "chat_instance": "1", "data": data}
            query |= {"from": mia.user, "message": shown}
            await stage.telegram.inject({"callback_query": query})
        await ann.says("all well?")
        await (await stage.topic(ann)).wait_for("all well?")

        async def answered() -> bool:
            calls = await stage.calls("answerCallbackQuery")
            return len(calls) == len(PRESSES) + 2

        await eventually(answered, "every press gets an answer")
        assert await stage.rows("SELECT id FROM inbox WHERE state = 'parked'") == []
        assert await mia.presses(card, "End") == "The session is ended."
