"""What follows from each error, as desk/errors.py draws it: rows, messages, lanes, notices."""

import pytest

from db.queries.pauses import open_pauses
from db.tables import DeliveryState, OutboxKind, OutboxState, Queue
from desk.delivery.work import OpenTopic, ShowCard
from desk.desk import Desk
from desk.errors import (
    GroupMoved,
    Mistaken,
    RateLimited,
    Rejected,
    TopicGone,
    Unavailable,
    Uncertain,
)
from desk.lanes import group_gate, person_gate
from tests.desk.stage import GROUP, Stage, picture, text, thread_of

NEW_GROUP = "-1009"


async def in_topic(stage: Stage) -> str:
    ana = await stage.customer()
    await stage.change("conversations", staff_topic="7", staff_card="8")
    return ana


async def notices(stage: Stage) -> list[str]:
    rows = await stage.outbox()
    return [r.payload["content"]["text"] for r in rows if r.kind is OutboxKind.STAFF_NOTICE]


# Answers to customers


async def test_a_refused_answer_is_failed_and_its_agent_sees_why(stage: Stage) -> None:
    ana = await in_topic(stage)
    stage.carrier.faults = [Rejected("the customer has blocked the bot")]
    message_id = await stage.answer(ana, text("Hello"))
    await stage.deliver()
    message = await stage.message(message_id)
    assert message.delivery_state is DeliveryState.FAILED
    assert message.delivery_error == "the customer has blocked the bot"
    assert await stage.copies(message_id) == []
    [notice] = await notices(stage)
    assert "the customer has blocked the bot" in notice
    assert stage.carrier.did() == ["Hello", notice]  # shown to staff, not tried again


async def test_an_unavailable_provider_is_tried_later_each_time(stage: Stage) -> None:
    ana = await in_topic(stage)
    stage.carrier.faults = [Unavailable("down")] * 4
    await stage.answer(ana, text("1"))
    await stage.answer(ana, text("2"))
    waits = []
    for _ in range(4):
        await stage.turn()
        [row, _] = await stage.outbox()
        waits.append((row.due_at - stage.now).total_seconds())
        assert await stage.claim() == []
        stage.later(waits[-1])
    assert [row.attempts for row in await stage.outbox()] == [4, 0]
    for step, wait in zip([1, 2, 4, 8], waits, strict=True):
        assert step / 2 <= wait <= step
    await stage.deliver()
    assert stage.carrier.did() == ["1", "1", "1", "1", "1", "2"]
    assert await notices(stage) == []


async def test_unavailable_waits_at_least_as_long_as_it_says(stage: Stage) -> None:
    ana = await in_topic(stage)
    stage.carrier.faults = [Unavailable("no rights", after=60)]
    await stage.copy(ana, text("1"))
    await stage.turn()
    stage.later(59.9)
    assert await stage.turn() == []
    stage.later(0.1)
    await stage.deliver()
    assert stage.carrier.did() == ["1", "1"]


async def test_a_flood_pauses_its_gate_and_is_no_try(stage: Stage) -> None:
    ana = await in_topic(stage)
    stage.carrier.faults = [RateLimited("flood", after=17)]
    await stage.answer(ana, text("1"))
    [outcome] = await stage.turn()
    [row] = await stage.outbox()
    assert (row.state, row.attempts) == (OutboxState.PENDING, 0)
    lane = await stage.lane(row.lane)
    assert lane.due_at is not None
    assert 17 < (lane.due_at - stage.now).total_seconds() < 20
    assert outcome.work.gate == person_gate(stage.channel_id, "42")
    stage.later(20)
    await stage.deliver()
    assert stage.carrier.did() == ["1", "1"]


async def test_an_uncertain_answer_is_not_sent_again_but_asked_about(stage: Stage) -> None:
    ana = await in_topic(stage)
    stage.carrier.faults = [Uncertain("no answer came")]
    message_id = await stage.answer(ana, text("1"))
    await stage.answer(ana, text("2"))
    await stage.deliver()
    assert stage.carrier.did()[:2] == ["1", "2"]
    message = await stage.message(message_id)
    assert message.delivery_state is DeliveryState.UNCERTAIN
    [row, _, notice] = await stage.outbox()
    assert row.state is OutboxState.UNCERTAIN
    data = [button["data"] for line in notice.payload["buttons"] for button in line]
    assert data == [f"again:{row.id}", f"arrived:{row.id}"]


async def test_an_uncertain_album_is_asked_about_whole_and_none_of_it_sent_again(
    stage: Stage,
) -> None:
    ana = await in_topic(stage)
    stage.carrier.faults = [Uncertain("no answer came")]
    album = [picture(str(number), album="a") for number in range(3)]
    ids = [await stage.answer(ana, each) for each in album]
    await stage.answer(ana, text("after"))
    stage.later(1)
    await stage.deliver()
    sent = [about for method, chat, _, about in stage.carrier.calls if chat == "42"]
    assert sent == ["0+1+2", "after"]
    for message_id in ids:
        assert (await stage.message(message_id)).delivery_state is DeliveryState.UNCERTAIN
    assert len(await notices(stage)) == 3


async def test_a_crash_while_sending_is_uncertain(stage: Stage) -> None:
    """The worker died between the mark and the settling."""
    ana = await in_topic(stage)
    message_id = await stage.answer(ana, text("1"))
    await stage.answer(ana, text("2"))
    await stage.claim()
    await stage.change("lanes", lease=None, lease_until=None, due_at=stage.now)
    await stage.deliver()
    assert "1" not in stage.carrier.did("deliver")
    assert "2" in stage.carrier.did("deliver")
    assert (await stage.message(message_id)).delivery_state is DeliveryState.UNCERTAIN


async def test_a_crash_while_editing_simply_edits_again(stage: Stage) -> None:
    ana = await in_topic(stage)
    answer = await stage.answer(ana, text("Helo"))
    await stage.deliver()

    async def edit(desk: Desk) -> None:
        payload = {"message": answer, "content": text("Hello").to_json()}
        desk.to_customer(await thread_of(desk, ana), OutboxKind.EDIT, payload)

    await stage.on_desk(edit)
    await stage.claim()
    await stage.change("lanes", lease=None, lease_until=None, due_at=stage.now)
    await stage.turn()  # finds it in doubt
    stage.later(5)
    await stage.deliver()
    assert stage.carrier.did("edit") == ["101=Hello"]
    assert await notices(stage) == []


async def test_of_a_long_answer_one_part_may_be_refused(stage: Stage) -> None:
    ana = await in_topic(stage)
    stage.carrier.faults = [None, Rejected("no")]
    message_id = await stage.answer(ana, text("1"), text("2"), text("3"))
    await stage.deliver()
    assert stage.carrier.did()[:3] == ["1", "2", "3"]
    assert len(await stage.copies(message_id)) == 2
    message = await stage.message(message_id)
    assert (message.delivery_state, message.delivery_error) == (DeliveryState.FAILED, "no")


async def test_our_own_fault_in_an_answer_is_asked_about(stage: Stage) -> None:
    ana = await in_topic(stage)
    stage.carrier.faults = [KeyError("message_id")]
    message_id = await stage.answer(ana, text("1"))
    await stage.deliver()
    assert stage.carrier.did().count("1") == 1
    assert (await stage.message(message_id)).delivery_state is DeliveryState.UNCERTAIN


# Copies for staff


async def test_a_refused_copy_is_told_with_its_words_and_stands_in_nobodys_way(
    stage: Stage,
) -> None:
    ana = await in_topic(stage)
    stage.carrier.faults = [Rejected("message can't be copied")]
    await stage.copy(ana, picture("look"))
    await stage.copy(ana, text("2"))
    await stage.deliver()
    [notice] = await notices(stage)
    assert "message can't be copied" in notice
    assert notice.endswith("look")
    assert stage.carrier.did() == ["look", "2", notice]
    assert await stage.states() == ["copy failed", "copy done", "staff_notice done"]


async def test_an_uncertain_copy_is_sent_again(stage: Stage) -> None:
    ana = await in_topic(stage)
    stage.carrier.faults = [Uncertain("no answer came")]
    await stage.copy(ana, text("1"))
    await stage.deliver()
    stage.later(2)
    await stage.deliver()
    assert stage.carrier.did() == ["1", "1"]


async def test_the_second_of_a_run_fails_and_the_first_is_not_repeated(stage: Stage) -> None:
    ana = await in_topic(stage)
    for number in range(4):
        await stage.copy(ana, text(str(number)))
    stage.carrier.faults = [None, Unavailable("down")]
    await stage.deliver()
    stage.later(2)
    await stage.deliver()
    assert stage.carrier.did() == ["0", "1", "1", "2", "3"]


async def test_our_own_fault_in_a_copy_does_not_hold_up_the_conversation_for_ever(
    stage: Stage,
) -> None:
    ana = await in_topic(stage)
    stage.carrier.faults = [ValueError("odd")] * 5
    await stage.copy(ana, text("odd"))
    await stage.copy(ana, text("next"))
    for _ in range(8):
        await stage.deliver()
        stage.later(60)
    assert stage.carrier.did()[:6] == ["odd"] * 5 + ["next"]
    assert "ValueError: odd" in (await notices(stage))[0]


async def test_a_row_whose_channel_is_not_served_waits(stage: Stage) -> None:
    ana = await in_topic(stage)
    await stage.answer(ana, text("1"))
    [work] = await stage.claim()
    carriers = stage.performer._carriers
    stage.performer._carriers = {}
    await stage.settle(await stage.performer.perform(work))
    stage.performer._carriers = carriers
    await stage.deliver()
    assert stage.carrier.calls == []
    stage.later(60)
    await stage.deliver()
    assert stage.carrier.did() == ["1"]


# Topics


async def test_a_deleted_topic_is_opened_again_and_nothing_lost(stage: Stage) -> None:
    ana = await in_topic(stage)
    stage.carrier.faults = [TopicGone("message thread not found")]
    for number in range(3):
        await stage.copy(ana, text(str(number)))
    await stage.deliver()
    stage.later(2)
    await stage.deliver()
    methods = stage.carrier.methods()
    assert (methods.count("open"), methods.count("post")) == (1, 1)
    assert stage.carrier.did("deliver") == ["0", "0", "1", "2"]
    thread = await stage.thread(ana)
    assert {topic for method, _, topic, _ in stage.carrier.calls[1:] if method == "deliver"} == {
        thread.staff_topic
    }


async def test_a_late_report_of_the_old_topic_does_not_lose_the_new_one(stage: Stage) -> None:
    """Two lanes of the conversation learn of it; the slower one after all is well again."""
    ana = await in_topic(stage)
    await stage.refresh_card(ana)
    await stage.copy(ana, text("Help"))
    copy, card = sorted(await stage.claim(), key=lambda work: work.queue is Queue.BACKGROUND)
    assert isinstance(card.step, ShowCard)
    stage.carrier.faults = [TopicGone("gone"), TopicGone("gone")]
    late = await stage.performer.perform(card)
    await stage.settle(await stage.performer.perform(copy))
    await stage.deliver()
    thread = await stage.thread(ana)
    await stage.settle(late)
    await stage.deliver()
    stage.later(2)
    await stage.deliver()
    now = await stage.thread(ana)
    assert (now.staff_topic, now.staff_card) == (thread.staff_topic, thread.staff_card)
    assert stage.carrier.methods().count("open") == 1


async def test_a_deleted_card_is_posted_again(stage: Stage) -> None:
    ana = await in_topic(stage)
    stage.carrier.faults = [Rejected("message to edit not found")]
    await stage.refresh_card(ana)
    await stage.deliver()
    assert stage.carrier.methods() == ["card", "post", "pin"]
    assert (await stage.thread(ana)).staff_card == "101"


async def test_of_two_cards_posted_at_once_the_first_counts(stage: Stage) -> None:
    ana = await in_topic(stage)
    await stage.change("conversations", staff_card=None)
    await stage.refresh_card(ana)
    await stage.copy(ana, text("Help"))
    first, second = await stage.claim()
    assert isinstance(first.step, ShowCard)
    assert isinstance(second.step, ShowCard)
    outcomes = [await stage.performer.perform(each) for each in (first, second)]
    await stage.settle(outcomes[0])
    await stage.settle(outcomes[1])
    await stage.deliver()
    assert (await stage.thread(ana)).staff_card == outcomes[0].card
    assert stage.carrier.did("pin") == [outcomes[0].card]


async def test_a_card_that_is_refused_does_not_hold_up_messages(stage: Stage) -> None:
    ana = await in_topic(stage)
    await stage.change("conversations", staff_card=None)
    stage.carrier.faults = [Rejected("no card for you")]
    await stage.copy(ana, text("Help"))
    await stage.deliver()
    assert stage.carrier.methods() == ["post", "deliver"]


async def test_a_topic_that_cannot_be_opened_is_tried_again_after_a_minute(stage: Stage) -> None:
    ana = await stage.customer()
    await stage.copy(ana, text("Help"))
    stage.carrier.faults = [Rejected("no")]
    [outcome] = await stage.turn()
    assert isinstance(outcome.work.step, OpenTopic)
    await stage.deliver()
    assert stage.carrier.methods() == ["open"]
    stage.later(60)
    await stage.deliver()
    assert stage.carrier.did("deliver") == ["Help"]


# The staff group


async def test_a_group_that_moved_is_followed_with_all_that_waits(stage: Stage) -> None:
    ana, budi = await stage.customer("Ana", "1"), await stage.customer("Budi", "2")
    await stage.copy(ana, text("from Ana"))
    await stage.copy(budi, text("from Budi"))
    stage.carrier.faults = [GroupMoved(NEW_GROUP), GroupMoved(NEW_GROUP)]
    works = await stage.claim()
    assert {work.gate for work in works} == {group_gate(stage.channel_id, GROUP)}
    for work in works:
        await stage.settle(await stage.performer.perform(work))
    stage.carrier.calls.clear()
    assert {work.gate for work in await stage.claim()} == {group_gate(stage.channel_id, NEW_GROUP)}
    await stage.change("lanes", lease=None, lease_until=None, due_at=stage.now)
    await stage.deliver()
    assert {chat for _, chat, _, _ in stage.carrier.calls} == {NEW_GROUP}
    assert stage.carrier.did("deliver") == ["from Ana", "from Budi"]
    assert stage.channels[stage.channel_id].staff_groups == (NEW_GROUP,)
    carl = await stage.customer("Carl", "3")
    assert (await stage.thread(carl)).staff_chat == NEW_GROUP


async def test_what_was_said_in_a_group_that_moved_is_said_in_the_new_one(stage: Stage) -> None:
    async def tell(desk: Desk) -> None:
        for words in ("one", "two"):
            desk.tell_chat(stage.channel_id, GROUP, words, group=True)

    await stage.on_desk(tell)
    stage.carrier.faults = [GroupMoved(NEW_GROUP)]
    await stage.deliver()
    assert stage.carrier.calls[1:] == [
        ("deliver", NEW_GROUP, None, "one"),
        ("deliver", NEW_GROUP, None, "two"),
    ]


async def test_copies_for_a_group_without_the_bot_wait_for_the_operator(stage: Stage) -> None:
    ana = await in_topic(stage)
    await stage.copy(ana, text("1"))
    for _ in range(3):
        stage.carrier.faults = [Unavailable("bot was kicked", after=60)]
        await stage.deliver()
        stage.later(60)
    stage.later(-30)
    await stage.answer(ana, text("reaches the customer"))
    await stage.deliver()
    stage.later(30)
    await stage.deliver()
    assert stage.carrier.did() == ["1", "1", "1", "reaches the customer", "1"]
    assert await stage.states() == ["copy done", "answer done"]


async def test_a_button_that_meets_a_flood_closes_no_gate(stage: Stage) -> None:
    async def press(desk: Desk) -> None:
        desk.answer_button(stage.channel_id, "cb", "Done")

    await stage.on_desk(press)
    stage.carrier.faults = [RateLimited("flood", after=3)]
    await stage.deliver()
    stage.later(5)
    await stage.deliver()
    assert stage.carrier.did("button") == ["cb", "cb"]
    async with stage.database.transaction() as tx:
        assert await open_pauses(tx, stage.now) == []


@pytest.mark.parametrize("error", [Mistaken("bug"), Uncertain("no answer"), Rejected("late")])
async def test_a_buttons_answer_is_never_asked_about(stage: Stage, error: Exception) -> None:
    async def press(desk: Desk) -> None:
        desk.answer_button(stage.channel_id, "cb", "Done")

    await stage.on_desk(press)
    stage.carrier.faults = [error]
    await stage.deliver()
    assert stage.carrier.did("button") == ["cb"]
    assert await notices(stage) == []
