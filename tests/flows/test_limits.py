"""With Telegram's limits on, our rate limiter stays below them: no 429, every message arrives."""

import asyncio

from tests.flows.stage import run_stage


async def test_six_new_customers_at_once_meet_no_flood_limit(migrated_url: str) -> None:
    async with run_stage(migrated_url, telegram_limits="telegram") as stage:
        await stage.telegram.limits(on=True)
        customers = [await stage.customer() for _ in range(6)]
        await asyncio.gather(*(each.says(f"{each.name} needs help") for each in customers))
        for each in customers:
            await (await stage.topic(each)).wait_for(f"{each.name} needs help")
            await each.wait_for("in the queue")
        calls = await stage.telegram.calls()
        assert not [call for call in calls if call["error_code"] == 429]
        group = [call for call in calls if call["chat_id"] == stage.group["id"]]
        assert len([call for call in group if call["method"] != "setMyCommands"]) <= 18


async def test_a_burst_to_one_customer_is_spread_in_order(migrated_sqlite_url: str) -> None:
    async with run_stage(migrated_sqlite_url, telegram_limits="telegram") as stage:
        mia, ann = await stage.agent("Mia"), await stage.customer()
        await ann.says("count, please")
        topic = await stage.topic(ann)
        await topic.wait_for("count, please")
        await stage.telegram.limits(on=True)
        for number in range(5):
            await mia.writes(topic, f"number {number}")
        await ann.wait_for("number 4")
        heard = [each.text for each in await ann.list_received() if each.text.startswith("number ")]
        assert heard == [f"number {number}" for number in range(5)]
        assert not [c for c in await stage.telegram.calls() if c["error_code"] == 429]


async def test_a_newcomer_is_seen_while_another_customer_floods(migrated_url: str) -> None:
    async with run_stage(migrated_url, telegram_limits="telegram") as stage:
        await stage.telegram.limits(on=True)
        flood, ann = await stage.customer("Flood"), await stage.customer("Ann")
        for number in range(80):
            await flood.sends("photo", caption=f"photo {number}")
        await flood.wait_for("You sent many messages")
        await ann.says("help")
        await (await stage.topic(ann)).wait_for("help")
        calls = await stage.telegram.calls()
        assert not [call for call in calls if call["error_code"] == 429]
        shown = [call for call in calls if call["method"] == "copyMessage"]
        assert 1 < len(shown) < 30
        kept = await stage.load_messages(flood)
        assert [each["message"] for each in kept] == [f"photo {number}" for number in range(80)]
