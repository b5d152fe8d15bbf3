"""Delivery status of answers: requested by a button, shown to one person, without group calls."""

from db.tables import ChannelKind
from tests.flows.channel_stages import run_channel_stage
from tests.flows.eventually import eventually


async def test_whoever_asks_sees_how_far_the_answers_got(migrated_url: str) -> None:
    async with run_channel_stage(ChannelKind.WHATSAPP_CLOUD, migrated_url) as stage:
        mia, ann = await stage.agent("Mia"), await stage.customer("Ann")
        await ann.says("Hello")
        topic = await stage.topic(ann)
        card = await topic.card(ann.name, f"Assigned to: {mia.name}")
        assert await mia.presses(card, "✓✓ Delivery") == "There are no answers yet."
        await mia.writes(topic, "It arrives tomorrow")
        await ann.wait_for("It arrives tomorrow")
        await ann.reads()

        async def read() -> bool:
            return "✓✓ read: It arrives tomorrow" in await mia.presses(card, "✓✓ Delivery")

        sends = len(await stage.calls("sendMessage"))
        await eventually(read, "the answer is shown as read")
        assert len(await stage.calls("sendMessage")) == sends


async def test_a_bot_is_told_nothing_of_it_and_offers_nothing(migrated_sqlite_url: str) -> None:
    async with run_channel_stage(ChannelKind.TELEGRAM, migrated_sqlite_url) as stage:
        await stage.agent("Mia")
        ann = await stage.customer("Ann")
        await ann.says("Hello")
        card = await (await stage.topic(ann)).card(ann.name)
        assert "✓✓ Delivery" not in card.buttons
