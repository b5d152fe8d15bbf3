"""The conversation that the whole house is for, from the first word to the last row kept."""

from tests.flows.eventually import eventually
from tests.flows.stage import staged


async def test_a_customers_message_reaches_an_agent_and_the_answer_comes_back(
    migrated_url: str,
) -> None:
    async with staged(migrated_url) as stage:
        mia, ann = await stage.agent("Mia"), await stage.customer("Ann", username="ann")
        await ann.says("/start")
        await ann.hears(f"Hello {ann.name}!")
        question = await ann.says("Where is my order?")
        await ann.sends("photo", caption="this one")

        topic = await stage.topic(ann)
        await topic.card(ann.name, "@ann", "Session: #1", f"Assigned to: {mia.name}")
        copy = await topic.shows("Where is my order?")
        assert (await topic.shows("this one")).kind == "photo"

        await mia.writes(topic, "// a regular")
        await mia.writes(topic, "It arrives tomorrow.", reply_to=copy)
        assert (await ann.hears("It arrives tomorrow.")).reply_to == question
        await mia.writes(topic, "/end")
        await ann.hears("This conversation is closed.")
        await topic.card("no open session")

        kept = [
            (row["sender_type"], row["direction"], row["message"]) for row in await stage.kept(ann)
        ]
        assert kept == [
            ("CLIENT", "inbound", "/start"),
            ("CLIENT", "inbound", "Where is my order?"),
            ("CLIENT", "inbound", "this one"),
            ("CS", "internal", "// a regular"),
            ("CS", "outbound", "It arrives tomorrow."),
        ]
        assert {row["status"] for row in await stage.kept(ann)} == {"ENDED"}

        async def nothing_waits() -> bool:
            return await stage.rows("SELECT id FROM outbox WHERE state <> 'done'") == []

        await eventually(nothing_waits, "everything is delivered, the card's last change too")
