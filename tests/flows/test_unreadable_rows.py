"""A stored row that cannot be read is set aside and told; nothing waits behind it."""

import pytest

from tests.flows.eventually import eventually
from tests.flows.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


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
    [its] = await stage.rows(
        "SELECT v.id FROM conversations v JOIN contacts c ON c.id = v.contact_id"
        " WHERE c.external_id = :address",
        address=ann.address,
    )
    await stage.change(
        "INSERT INTO outbox (lane, channel_id, conversation_id, kind, payload, state, attempts,"
        " due_at, created_at) SELECT lane, channel_id, conversation_id, kind, '[1]', 'pending', 0,"
        " due_at, created_at FROM outbox WHERE conversation_id = :id",
        **its,
    )
    await ann.says("still there?")
    await topic.wait_for("still there?")
    await topic.wait_for("could not be delivered")
    await stage.general.wait_for("cannot be read and was set aside")

    async def settled() -> bool:
        waiting = "SELECT id FROM outbox WHERE state = 'pending' AND conversation_id = :id"
        await stage.change("UPDATE lanes SET due_at = '2026-01-01' WHERE lease IS NULL")
        return not await stage.rows(waiting, **its)

    await eventually(settled, "nothing waits")
