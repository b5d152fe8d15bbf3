"""The effects of errors of topics, cards, groups and buttons, as desk/errors.py says."""

import pytest

from db.queries.limits.backoffs import load_backoffs
from db.tables import OutboxKind, Queue
from desk.delivery.work import OpenTopic, ShowCard
from desk.errors import (
    GroupMoved,
    InternalError,
    RateLimited,
    Rejected,
    TopicGone,
    Unavailable,
    Uncertain,
)
from desk.lanes import group_limit_key
from desk.unit_of_work import UnitOfWork
from tests.desk.stage import GROUP, Stage, text

NEW_GROUP = "-1009"


async def in_topic(stage: Stage) -> str:
    ana = await stage.customer()
    await stage.change("staff_places", topic="7", card="8")
    return ana


async def notices(stage: Stage) -> list[str]:
    rows = await stage.outbox()
    return [r.payload["content"]["text"] for r in rows if r.kind is OutboxKind.STAFF_NOTICE]


async def test_a_deleted_topic_is_opened_again_and_nothing_lost(stage: Stage) -> None:
    ana = await in_topic(stage)
    stage.sender.faults = [TopicGone("message thread not found")]
    for number in range(3):
        await stage.copy(ana, text(str(number)))
    await stage.deliver()
    stage.later(2)
    await stage.deliver()
    methods = stage.sender.methods()
    assert (methods.count("open"), methods.count("post")) == (1, 1)
    assert stage.sender.did("deliver") == ["0", "0", "1", "2"]
    place = await stage.group_place(ana)
    assert {topic for method, _, topic, _ in stage.sender.calls[1:] if method == "deliver"} == {
        place.topic
    }


async def test_a_late_report_of_the_old_topic_does_not_lose_the_new_one(stage: Stage) -> None:
    """Two lanes of the conversation notice it; the slower one after the topic was opened again."""
    ana = await in_topic(stage)
    await stage.refresh_card(ana)
    await stage.copy(ana, text("Help"))
    copy, card = sorted(await stage.claim(), key=lambda work: work.queue is Queue.BACKGROUND)
    assert isinstance(card.step, ShowCard)
    stage.sender.faults = [TopicGone("gone"), TopicGone("gone")]
    late = await stage.executor.execute(card)
    await stage.settle(await stage.executor.execute(copy))
    await stage.deliver()
    opened = await stage.group_place(ana)
    await stage.settle(late)
    await stage.deliver()
    stage.later(2)
    await stage.deliver()
    assert await stage.group_place(ana) == opened
    assert stage.sender.methods().count("open") == 1


async def test_a_deleted_card_is_posted_again(stage: Stage) -> None:
    ana = await in_topic(stage)
    stage.sender.faults = [Rejected("message to edit not found")]
    await stage.refresh_card(ana)
    await stage.deliver()
    assert stage.sender.methods() == ["card", "post", "pin"]
    assert (await stage.group_place(ana)).card == "101"


async def test_the_first_of_two_cards_posted_at_once_counts(stage: Stage) -> None:
    ana = await in_topic(stage)
    await stage.change("staff_places", card=None)
    await stage.refresh_card(ana)
    await stage.copy(ana, text("Help"))
    first, second = await stage.claim()
    assert isinstance(first.step, ShowCard)
    assert isinstance(second.step, ShowCard)
    outcomes = [await stage.executor.execute(each) for each in (first, second)]
    await stage.settle(outcomes[0])
    await stage.settle(outcomes[1])
    await stage.deliver()
    assert (await stage.group_place(ana)).card == outcomes[0].card
    assert stage.sender.did("pin") == [outcomes[0].card]


async def test_a_refused_card_does_not_block_messages(stage: Stage) -> None:
    ana = await in_topic(stage)
    await stage.change("staff_places", card=None)
    stage.sender.faults = [Rejected("no card for you")]
    await stage.copy(ana, text("Help"))
    await stage.deliver()
    assert stage.sender.methods() == ["post", "deliver"]


async def test_a_topic_that_cannot_be_opened_is_tried_again_later(stage: Stage) -> None:
    ana = await stage.customer()
    await stage.copy(ana, text("Help"))
    stage.sender.faults = [Rejected("no"), Rejected("nor this title")]
    [outcome] = await stage.turn()
    assert isinstance(outcome.work.step, OpenTopic)
    await stage.deliver()
    assert stage.sender.methods() == ["open", "open", "deliver"]  # the group is told
    stage.later(600)
    await stage.deliver()
    assert stage.sender.did("deliver")[1:] == ["Help"]


# The staff group


async def test_waiting_deliveries_follow_a_group_that_moved(stage: Stage) -> None:
    ana, budi = await stage.customer("Ana", "1"), await stage.customer("Budi", "2")
    await stage.copy(ana, text("from Ana"))
    await stage.copy(budi, text("from Budi"))
    stage.sender.faults = [GroupMoved(NEW_GROUP), GroupMoved(NEW_GROUP)]
    works = await stage.claim()
    assert {work.rate_limit_key for work in works} == {group_limit_key(stage.channel_id, GROUP)}
    for work in works:
        await stage.settle(await stage.executor.execute(work))
    stage.sender.calls.clear()
    assert {work.rate_limit_key for work in await stage.claim()} == {
        group_limit_key(stage.channel_id, NEW_GROUP)
    }
    await stage.change("lanes", lease=None, lease_until=None, due_at=stage.now)
    await stage.deliver()
    assert {chat for _, chat, _, _ in stage.sender.calls} == {NEW_GROUP}
    assert stage.sender.did("deliver") == ["from Ana", "from Budi"]
    assert stage.channels[stage.channel_id].staff_groups == (NEW_GROUP,)
    carl = await stage.customer("Carl", "3")
    assert (await stage.group_place(carl)).chat == NEW_GROUP


async def test_messages_to_a_group_that_moved_go_to_the_new_one(stage: Stage) -> None:
    async def tell(uow: UnitOfWork) -> None:
        for words in ("one", "two"):
            uow.enqueue_for_chat(stage.channel_id, GROUP, words, group=True)

    await stage.run_in_uow(tell)
    stage.sender.faults = [GroupMoved(NEW_GROUP)]
    await stage.deliver()
    assert stage.sender.calls[1:] == [
        ("deliver", NEW_GROUP, None, "one"),
        ("deliver", NEW_GROUP, None, "two"),
    ]


async def test_copies_for_a_group_without_the_bot_wait_for_the_operator(stage: Stage) -> None:
    ana = await in_topic(stage)
    await stage.copy(ana, text("1"))
    for _ in range(3):
        stage.sender.faults = [Unavailable("bot was kicked", retry_after=60)]
        await stage.deliver()
        stage.later(60)
    stage.later(-30)
    await stage.answer(ana, text("reaches the customer"))
    await stage.deliver()
    stage.later(30)
    await stage.deliver()
    assert stage.sender.did() == ["1", "1", "1", "reaches the customer", "1"]
    assert await stage.states() == ["copy done", "answer done"]


async def test_a_button_that_meets_a_flood_closes_no_rate_limit_key(stage: Stage) -> None:
    async def press(uow: UnitOfWork) -> None:
        uow.answer_button(stage.channel_id, "cb", "Done")

    await stage.run_in_uow(press)
    stage.sender.faults = [RateLimited("flood", retry_after=3)]
    await stage.deliver()
    stage.later(5)
    await stage.deliver()
    assert stage.sender.did("button") == ["cb", "cb"]
    async with stage.database.transaction() as tx:
        assert await load_backoffs(tx, stage.now) == []


@pytest.mark.parametrize("error", [InternalError("bug"), Uncertain("no answer"), Rejected("late")])
async def test_no_agent_is_asked_about_a_button_reply(stage: Stage, error: Exception) -> None:
    async def press(uow: UnitOfWork) -> None:
        uow.answer_button(stage.channel_id, "cb", "Done")

    await stage.run_in_uow(press)
    stage.sender.faults = [error]
    await stage.deliver()
    assert stage.sender.did("button") == ["cb"]
    assert await notices(stage) == []
