"""A stored row that cannot be read is set aside and told; nothing waits behind it."""

from tests.flows.eventually import eventually
from tests.flows.stage import Stage


async def test_an_unreadable_answer_is_told_and_the_next_one_arrives(stage: Stage) -> None:
    mia, ann, bob = await stage.agent(), await stage.customer(), await stage.customer("Bob")
    for each in (ann, bob):
        await each.says("hello")
    topic, other = await stage.topic(ann), await stage.topic(bob)
    # Held back long enough to be damaged.
    await stage.telegram.fail("sendMessage", chat_id=int(ann.address), code=429, retry_after=3)
    await mia.writes(topic, "lost")
    await mia.writes(topic, "and found")

    async def damaged() -> bool:
        await stage.change(
            "UPDATE outbox SET payload = '{}' WHERE kind = 'answer' AND state = 'pending'"
            " AND payload LIKE '%\"lost\"%'"
        )
        return bool(
            await stage.rows("SELECT id FROM outbox WHERE kind = 'answer' AND payload = '{}'")
        )

    await eventually(damaged, "the first answer is damaged")
    await mia.writes(other, "meanwhile")
    await bob.wait_for("meanwhile")
    await ann.wait_for("and found")
    await topic.wait_for("could not be delivered")
    await stage.general.wait_for("cannot be read and was set aside")
    [row] = await stage.rows("SELECT state FROM outbox WHERE kind = 'answer' AND payload = '{}'")
    assert row["state"] == "failed"
    await stage.wait_for_state(ann, "lost", "failed")


async def test_an_unreadable_card_or_copy_holds_up_nothing(stage: Stage) -> None:
    await stage.agent()
    ann = await stage.customer()
    await ann.says("hello")
    topic = await stage.topic(ann)
    await topic.wait_for("hello")
    [known] = await stage.rows(
        "SELECT conversation_id, channel_id, lane FROM outbox WHERE kind = 'copy'"
    )
    await stage.change(
        "INSERT INTO outbox (lane, channel_id, conversation_id, kind, payload, state, attempts,"
        " due_at, created_at) SELECT lane, channel_id, conversation_id, kind, '[1]', 'pending', 0,"
        " due_at, created_at FROM outbox WHERE kind IN ('copy', 'card', 'general') OR lane = :lane",
        lane=known["lane"],
    )
    await ann.says("still there?")
    await topic.wait_for("still there?")
    await stage.general.wait_for("cannot be read and was set aside")

    async def settled() -> bool:
        waiting = "SELECT id FROM outbox WHERE state IN ('pending', 'sending')"
        return not await stage.rows(waiting)

    await eventually(settled, "nothing waits")
