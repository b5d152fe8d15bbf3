"""The effects of each error of desk/errors.py: rows, messages, lanes, notices."""

from dataclasses import replace

import pytest

from db.tables import DeliveryState, OutboxKind, OutboxState, Side
from desk.errors import (
    RateLimited,
    Rejected,
    Unavailable,
    Uncertain,
)
from desk.lanes import person_limit_key
from desk.unit_of_work import UnitOfWork
from tests.desk.day import Scene
from tests.desk.stage import Stage, picture, text


async def in_topic(stage: Stage) -> str:
    ana = await stage.customer()
    await stage.change("staff_places", topic="7", card="8")
    return ana


async def notices(stage: Stage) -> list[str]:
    rows = await stage.outbox()
    return [r.payload["content"]["text"] for r in rows if r.kind is OutboxKind.STAFF_NOTICE]


# Answers to customers


async def test_a_refused_answer_is_failed_and_its_agent_sees_why(stage: Stage) -> None:
    ana = await in_topic(stage)
    stage.sender.faults = [Rejected("the customer has blocked the bot")]
    message_id = await stage.answer(ana, text("Hello"))
    await stage.deliver()
    message = await stage.message(message_id)
    assert message.delivery_state is DeliveryState.FAILED
    assert message.delivery_error == "the customer has blocked the bot"
    assert await stage.copies(message_id) == []
    [notice] = await notices(stage)
    assert "the customer has blocked the bot" in notice
    assert stage.sender.did() == ["Hello", notice]  # shown to staff, not tried again


async def test_staff_reads_our_own_reasons_in_its_language(stage: Stage) -> None:
    ana = await in_topic(stage)
    stage.uow_factory = replace(stage.uow_factory, staff_language="id")
    stage.sender.faults = [Rejected("the location has no coordinates")]
    message_id = await stage.answer(ana, text("Hello"))
    await stage.deliver()
    assert (await stage.message(message_id)).delivery_error == "lokasinya tidak punya koordinat"
    [notice] = await notices(stage)
    assert "lokasinya tidak punya koordinat" in notice


async def test_an_unavailable_provider_is_retried_with_growing_delays(stage: Stage) -> None:
    ana = await in_topic(stage)
    stage.sender.faults = [Unavailable("down")] * 4
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
    assert stage.sender.did() == ["1", "1", "1", "1", "1", "2"]
    assert await notices(stage) == []


async def test_unavailable_waits_at_least_as_long_as_it_says(stage: Stage) -> None:
    ana = await in_topic(stage)
    stage.sender.faults = [Unavailable("no rights", retry_after=60)]
    await stage.copy(ana, text("1"))
    await stage.turn()
    stage.later(59.9)
    assert await stage.turn() == []
    stage.later(0.1)
    await stage.deliver()
    assert stage.sender.did() == ["1", "1"]


async def test_a_flood_closes_its_rate_limit_key_and_counts_as_no_attempt(stage: Stage) -> None:
    ana = await in_topic(stage)
    stage.sender.faults = [RateLimited("flood", retry_after=17)]
    await stage.answer(ana, text("1"))
    [outcome] = await stage.turn()
    [row] = await stage.outbox()
    assert (row.state, row.attempts) == (OutboxState.PENDING, 0)
    lane = await stage.lane(row.lane)
    assert lane.due_at is not None
    assert 17 < (lane.due_at - stage.now).total_seconds() < 20
    assert outcome.work.rate_limit_key == person_limit_key(stage.channel_id, "42")
    stage.later(20)
    await stage.deliver()
    assert stage.sender.did() == ["1", "1"]


async def test_an_uncertain_answer_is_not_sent_again_but_asked_about(stage: Stage) -> None:
    ana = await in_topic(stage)
    stage.sender.faults = [Uncertain("no answer came")]
    message_id = await stage.answer(ana, text("1"))
    await stage.answer(ana, text("2"))
    await stage.deliver()
    assert stage.sender.did()[:2] == ["1", "2"]
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
    stage.sender.faults = [Uncertain("no answer came")]
    album = [picture(str(number), album="a") for number in range(3)]
    ids = [await stage.answer(ana, each) for each in album]
    await stage.answer(ana, text("after"))
    stage.later(1)
    await stage.deliver()
    sent = [about for method, chat, _, about in stage.sender.calls if chat == "42"]
    assert sent == ["0+1+2", "after"]
    for message_id in ids:
        assert (await stage.message(message_id)).delivery_state is DeliveryState.UNCERTAIN
    assert len(await notices(stage)) == 3


async def test_a_crash_while_sending_is_uncertain(stage: Stage) -> None:
    """The worker died between marking the row and settling it."""
    ana = await in_topic(stage)
    message_id = await stage.answer(ana, text("1"))
    await stage.answer(ana, text("2"))
    await stage.claim()
    await stage.change("lanes", lease=None, lease_until=None, due_at=stage.now)
    await stage.deliver()
    assert "1" not in stage.sender.did("deliver")
    assert "2" in stage.sender.did("deliver")
    assert (await stage.message(message_id)).delivery_state is DeliveryState.UNCERTAIN


@pytest.mark.parametrize("is_agent", [True, False])
async def test_an_uncertain_notice_is_sent_again_to_agents_only(
    stage: Stage, is_agent: bool
) -> None:
    """It may be all that the agent hears of an answer that was not sent."""
    await Scene(stage).hire("Mia", 1, telegram_id="77" if is_agent else None)

    async def notify(uow: UnitOfWork) -> None:
        uow.enqueue_for_chat(stage.channel_id, "77", "Not sent")

    await stage.run_in_uow(notify)
    stage.sender.faults = [Uncertain("no answer came")]
    await stage.deliver()
    stage.later(5)
    await stage.deliver()
    assert stage.sender.did() == ["Not sent"] * (2 if is_agent else 1)


async def test_a_crash_while_editing_simply_edits_again(stage: Stage) -> None:
    ana = await in_topic(stage)
    answer = await stage.answer(ana, text("Helo"))
    await stage.deliver()
    await stage.edit(ana, answer, text("Hello"), side=Side.CUSTOMER)
    await stage.claim()
    await stage.change("lanes", lease=None, lease_until=None, due_at=stage.now)
    await stage.turn()  # finds it uncertain
    stage.later(5)
    await stage.deliver()
    assert stage.sender.did("edit") == ["101=Hello"]
    assert await notices(stage) == []


async def test_of_a_long_answer_one_part_may_be_refused(stage: Stage) -> None:
    ana = await in_topic(stage)
    stage.sender.faults = [None, Rejected("no")]
    message_id = await stage.answer(ana, text("1"), text("2"), text("3"))
    await stage.deliver()
    assert stage.sender.did()[:3] == ["1", "2", "3"]
    assert len(await stage.copies(message_id)) == 2
    message = await stage.message(message_id)
    assert (message.delivery_state, message.delivery_error) == (DeliveryState.FAILED, "no")


async def test_a_refused_edit_is_reported_next_to_the_agents_message(stage: Stage) -> None:
    ana = await in_topic(stage)
    answer = await stage.answer(ana, text("Helo"))
    await stage.deliver()
    stage.sender.faults = [Rejected("message can't be edited")]
    await stage.edit(ana, answer, text("Hello"), side=Side.CUSTOMER)
    await stage.deliver()
    [notice] = await notices(stage)
    assert "message can't be edited" in notice


async def test_a_customers_edit_is_shown_if_its_copy_is_gone(stage: Stage) -> None:
    ana = await in_topic(stage)
    message_id = await stage.copy(ana, text("at 5"))
    await stage.deliver()
    stage.sender.faults = [Rejected("message to edit not found")]
    await stage.edit(ana, message_id, text("at 6"), side=Side.STAFF)
    await stage.deliver()
    [notice] = await notices(stage)
    assert notice.endswith("at 6")


async def test_an_internal_error_in_an_answer_is_asked_about(stage: Stage) -> None:
    ana = await in_topic(stage)
    stage.sender.faults = [KeyError("message_id")]
    message_id = await stage.answer(ana, text("1"))
    await stage.deliver()
    assert stage.sender.did().count("1") == 1
    assert (await stage.message(message_id)).delivery_state is DeliveryState.UNCERTAIN


# Copies for staff


async def test_a_refused_copy_is_reported_with_its_text_and_blocks_nothing(
    stage: Stage,
) -> None:
    ana = await in_topic(stage)
    stage.sender.faults = [Rejected("message can't be copied")]
    await stage.copy(ana, picture("look"))
    await stage.copy(ana, text("2"))
    await stage.deliver()
    refused, notice, later = stage.sender.did()
    assert "message can't be copied" in notice
    assert notice.endswith("look")
    assert (refused, later) == ("look", "2")
    assert await stage.states() == ["copy done", "copy done"]


async def test_an_uncertain_copy_is_sent_again(stage: Stage) -> None:
    ana = await in_topic(stage)
    stage.sender.faults = [Uncertain("no answer came")]
    await stage.copy(ana, text("1"))
    await stage.deliver()
    stage.later(2)
    await stage.deliver()
    assert stage.sender.did() == ["1", "1"]


async def test_the_second_of_a_run_fails_and_the_first_is_not_repeated(stage: Stage) -> None:
    ana = await in_topic(stage)
    for number in range(4):
        await stage.copy(ana, text(str(number)))
    stage.sender.faults = [None, Unavailable("down")]
    await stage.deliver()
    stage.later(2)
    await stage.deliver()
    assert stage.sender.did() == ["0", "1", "1", "2", "3"]


async def test_an_internal_error_in_a_copy_does_not_block_the_conversation_for_ever(
    stage: Stage,
) -> None:
    ana = await in_topic(stage)
    stage.sender.faults = [ValueError("odd")] * 5
    await stage.copy(ana, text("odd"))
    await stage.copy(ana, text("next"))
    for _ in range(8):
        await stage.deliver()
        stage.later(60)
    assert stage.sender.did()[:6] == ["odd"] * 5 + ["next"]
    assert "ValueError: in " in (await notices(stage))[0]


async def test_a_row_whose_channel_is_not_served_waits(stage: Stage) -> None:
    ana = await in_topic(stage)
    await stage.answer(ana, text("1"))
    [work] = await stage.claim()
    senders = stage.executor._senders
    stage.executor._senders = {}
    await stage.settle(await stage.executor.execute(work))
    stage.executor._senders = senders
    await stage.deliver()
    assert stage.sender.calls == []
    stage.later(60)
    await stage.deliver()
    assert stage.sender.did() == ["1"]
