"""Faults on every kind of channel: nothing is lost or doubled, and agents are notified."""

import pytest

from db.tables import ChannelKind
from scripts.private_servers.process import free_port
from tests.flows.channel_stages import prepare_channel_stage
from tests.flows.conversation import find_received, start_conversation
from tests.flows.eventually import eventually
from tests.flows.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

MANY = 12


async def test_a_customer_who_is_gone_is_told_to_the_agent(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    await stage.provider.make_unreachable(ann)
    answer = await mia.writes(topic, "can you hear me?")
    notice = await topic.wait_for("Not delivered: ")
    assert notice.reply_to == answer.id
    kept = await stage.wait_for_state(ann, "can you hear me?", "failed")
    assert kept["delivery_error"] in notice.text

    await stage.provider.make_reachable(ann)
    await mia.writes(topic, "now?")
    await ann.wait_for("now?")
    await stage.wait_for_delivery(ann, "now?")
    assert not await find_received(ann, "can you hear me?")
    assert len([one for one in await topic.texts() if "Not delivered" in one]) == 1


async def test_too_many_answers_are_held_and_sent_in_order(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    await stage.provider.rate_limit(ann)
    for number in range(3):
        await mia.writes(topic, f"part {number}")
    await ann.wait_for("part 2")
    assert [each.text for each in await find_received(ann, "part")] == [
        "part 0",
        "part 1",
        "part 2",
    ]
    assert not [each for each in await topic.texts() if "elivered" in each]


async def test_a_fault_that_passes_is_tried_again_in_order(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    await stage.provider.fail_once(ann)
    await mia.writes(topic, "back 0")
    await mia.writes(topic, "back 1")
    await stage.fast_forward(ann.wait_for("back 1"))
    assert [each.text for each in await find_received(ann, "back")] == ["back 0", "back 1"]


async def test_an_answer_that_was_never_taken_is_not_lost(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    await stage.provider.drop_connection(ann, taken=False)
    answer = await mia.writes(topic, "did it arrive?")
    await mia.writes(topic, "the next one")
    await stage.fast_forward(ann.wait_for("the next one"))
    if not await find_received(ann, "did it arrive?"):
        asked = await topic.wait_for("may or may not have arrived")
        assert asked.reply_to == answer.id
        assert await mia.presses(asked, "Send again") == "Sent to the customer."
    await ann.wait_for("did it arrive?")
    await stage.wait_for_delivery(ann, "did it arrive?")
    await mia.writes(topic, "the last one")
    await ann.wait_for("the last one")
    assert len(await find_received(ann, "did it arrive?")) == 1


async def test_one_customers_trouble_is_not_anothers(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    _, bob, other = await start_conversation(stage)
    await stage.provider.fail_once(ann)
    await mia.writes(topic, "held for a moment")
    await mia.writes(topic, "and this behind it")
    await mia.writes(other, "meanwhile")
    await bob.wait_for("meanwhile")
    await stage.fast_forward(ann.wait_for("and this behind it"))
    words = [each.text for each in await ann.list_received() if "queue" not in each.text]
    assert words == ["held for a moment", "and this behind it"]


async def test_an_ending_that_nobody_saw_of_a_file_doubles_nothing(stage: Stage) -> None:
    mia, ann, topic = await start_conversation(stage)
    await mia.writes(topic, media={"kind": "photo"}, caption="first")
    await ann.wait_for("first")
    await stage.provider.drop_connection(ann, taken=True)
    await mia.writes(topic, "words")
    await mia.writes(topic, media={"kind": "photo"}, caption="second")
    await ann.wait_for("second")
    assert len(await find_received(ann, "words")) == 1
    assert [each.text for each in await ann.list_received() if each.kind == "photo"] == [
        "first",
        "second",
    ]


async def test_stopped_in_the_middle_and_started_again(
    world: tuple[ChannelKind, str], fresh_url: str
) -> None:
    async with prepare_channel_stage(world[0], fresh_url, port=free_port()) as stage:
        async with stage.desk() as stage.address:
            await stage.connect()
            mia, ann, topic = await start_conversation(stage)
            for number in range(MANY):
                await ann.says(f"question {number:02}")
                await mia.writes(topic, f"answer {number:02}")
            await ann.wait_for("answer 00")
        for number in range(3):
            await ann.says(f"while it was down {number}")
        async with stage.desk() as stage.address:
            for number in range(3):
                await topic.wait_for(f"while it was down {number}")
            await ann.wait_for(f"answer {MANY - 1:02}")
            await topic.wait_for(f"question {MANY - 1:02}")

            async def all_kept() -> bool:
                rows = [
                    row for row in await stage.load_messages(ann) if row["direction"] == "outbound"
                ]
                ended = {"sent", "delivered", "read"}
                return len(rows) == MANY and {row["delivery_state"] for row in rows} <= ended

            await eventually(all_kept, "every answer is kept as sent")
            await mia.writes(topic, "is that all?")
            await ann.wait_for("is that all?")
            heard = [each.text for each in await find_received(ann, "answer")]
            assert heard == [f"answer {number:02}" for number in range(MANY)]
            shown = await topic.texts()
            questions = [one for one in shown if one.startswith("question")]
            assert questions == [f"question {number:02}" for number in range(MANY)]
            # The provider repeats what it could not deliver, in any order.
            meanwhile = sorted(one for one in shown if one.startswith("while"))
            assert meanwhile == [f"while it was down {number}" for number in range(3)]
