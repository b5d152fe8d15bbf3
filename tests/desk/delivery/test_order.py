"""What is sent, in which order, and under which ids it is stored."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from db.database import Database
from db.queues.payloads import CopyPayload, EditPayload, ReactionPayload
from db.tables import DeliveryState
from desk.delivery import executor
from desk.delivery.executor import StepExecutor
from desk.delivery.ports import Delivery, SendResult
from desk.delivery.work import DeliverAlbum
from desk.lanes import card_lane
from desk.limits.rate_limiter import Limits
from desk.limits.windows import Limit
from desk.outbox_collector import ALBUM_HOLD
from desk.unit_of_work import UnitOfWork
from tests.desk.stage import GROUP, FakeSender, Stage, open_stage, picture, text, thread_of


async def test_an_answer_is_sent_and_its_message_id_stored(stage: Stage) -> None:
    ana = await stage.customer()
    message_id = await stage.answer(ana, text("Hello"))
    await stage.deliver()
    assert stage.sender.calls == [("deliver", "42", None, "Hello")]
    assert (await stage.message(message_id)).delivery_state is DeliveryState.SENT
    assert await stage.copies(message_id) == [("customer", "42", "101")]
    assert await stage.states() == ["answer done"]


async def test_answers_are_sent_one_by_one_each_marked_before(stage: Stage) -> None:
    ana = await stage.customer()
    await stage.answer(ana, text("1"), text("2"), text("3"))
    [work] = await stage.claim()
    assert await stage.states() == ["answer sending", "answer pending", "answer pending"]
    assert await stage.claim() == []  # the lane is leased
    await stage.settle(await stage.executor.execute(work))
    await stage.deliver()
    assert stage.sender.did() == ["1", "2", "3"]


async def busy(stage: Stage, answers: int) -> None:
    """Let more conversations wait than a quiet desk has, each with this many answers."""
    for number in range(8):
        customer = await stage.customer(str(number), str(number))
        await stage.answer(customer, *(text(f"{number} {each}") for each in range(answers)))


async def test_with_many_lanes_a_few_answers_each_are_marked_and_sent_in_order(
    stage: Stage,
) -> None:
    await busy(stage, 6)
    works = await stage.claim()
    assert await stage.states() == (["answer sending"] * 4 + ["answer pending"] * 2) * 8
    await stage.settle(*[await stage.executor.execute(work) for work in works])
    await stage.deliver()
    for number in range(8):
        sent = [about for about in stage.sender.did() if about.startswith(f"{number} ")]
        assert sent == [f"{number} {each}" for each in range(6)]


async def test_no_more_answers_are_marked_than_a_persons_limit_lets_through(
    database: Database,
) -> None:
    stage = await open_stage(database, limits=Limits(person=(Limit(2, 3.0),)))
    await busy(stage, 3)
    await stage.claim()
    assert await stage.states() == (["answer sending"] * 2 + ["answer pending"]) * 8


async def test_a_run_that_takes_too_long_releases_the_rest(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await busy(stage, 3)
    works = await stage.claim()
    monkeypatch.setattr(executor, "_MAX_RUN_SECONDS", -1.0)
    await stage.settle(*[await stage.executor.execute(work) for work in works])
    assert sorted(stage.sender.did()) == [f"{number} 0" for number in range(8)]
    assert await stage.states() == ["answer done", "answer pending", "answer pending"] * 8
    assert {row.attempts for row in await stage.outbox()} == {0}


@dataclass
class WithoutAlbums:
    """A provider that has no albums, as WhatsApp."""

    sender: FakeSender

    async def deliver(self, delivery: Delivery) -> SendResult:
        return await self.sender.deliver(delivery)


async def test_an_album_that_takes_too_long_one_by_one_releases_the_rest(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that hung meanwhile may have lost the lane, and an agent may have been asked."""
    ana = await stage.customer()
    for number in range(3):
        await stage.answer(ana, picture(str(number), album="a"))
    senders = {stage.channel_id: WithoutAlbums(stage.sender)}
    stage.executor = StepExecutor(stage.channels, senders, stage.draw)
    stage.later(2)
    [work] = await stage.claim()
    assert isinstance(work.step, DeliverAlbum)
    assert await stage.states() == ["answer sending"] * 3
    monkeypatch.setattr(executor, "_MAX_RUN_SECONDS", -1.0)
    await stage.settle(await stage.executor.execute(work))
    assert stage.sender.did() == ["0"]
    assert await stage.states() == ["answer done", "answer pending", "answer pending"]
    assert {row.attempts for row in await stage.outbox()} == {0}
    await stage.deliver()
    assert stage.sender.did() == ["0", "1", "2"]


async def test_a_copy_waits_for_its_topic_and_card(stage: Stage) -> None:
    ana = await stage.customer("Ana")
    message_id = await stage.copy(ana, text("Help"))
    await stage.deliver()
    stage.later(2)
    await stage.deliver()
    assert stage.sender.calls[:2] == [("open", GROUP, None, "Ana"), ("post", GROUP, "101", "Ana")]
    assert sorted(stage.sender.calls[2:]) == [
        ("deliver", GROUP, "101", "Help"),
        ("pin", GROUP, "101", "102"),
    ]
    place = await stage.group_place(ana)
    assert (place.topic, place.card) == ("101", "102")
    assert [link[:2] for link in await stage.copies(message_id)] == [("staff", GROUP)]


async def test_a_card_waits_for_its_topic_and_is_not_lost(stage: Stage) -> None:
    ana = await stage.customer()
    await stage.refresh_card(ana)
    await stage.deliver()
    assert stage.sender.calls == []
    card = card_lane((await stage.group_place(ana)).id)
    assert (await stage.lane(card)).due_at is None
    await stage.copy(ana, text("Help"))
    await stage.deliver()
    stage.later(2)
    await stage.deliver()
    assert stage.sender.methods().count("post") == 1
    assert stage.sender.methods().count("card") == 0  # the posted card shows everything already
    assert "card done" in await stage.states()


async def with_card(stage: Stage) -> str:
    ana = await stage.customer()
    await stage.change("staff_places", topic="7", card="8")
    return ana


async def test_five_card_refreshes_are_one_edit(stage: Stage) -> None:
    ana = await with_card(stage)
    for _ in range(5):
        await stage.refresh_card(ana)
    await stage.deliver()
    assert stage.sender.calls == [("card", GROUP, "7", "8")]
    # One more is for the title of the topic, which follows the card.
    assert await stage.states() == ["card done"] * 6


async def test_a_refresh_during_an_edit_is_another_edit(stage: Stage) -> None:
    ana = await with_card(stage)
    await stage.refresh_card(ana)
    [work] = await stage.claim()
    await stage.refresh_card(ana)
    await stage.settle(await stage.executor.execute(work))
    await stage.deliver()
    assert stage.sender.methods() == ["card", "card"]


async def test_an_edit_behind_its_message_finds_it(stage: Stage) -> None:
    ana = await stage.customer()
    await stage.change("staff_places", topic="7", card="8")
    answer = await stage.answer(ana, text("Helo"))
    copy = await stage.copy(ana, text("Hepl"))

    async def edit(uow: UnitOfWork) -> None:
        thread = await thread_of(uow, ana)
        uow.enqueue_for_customer(thread, EditPayload(text("Hello"), answer))
        uow.enqueue_for_staff(thread, EditPayload(text("Help"), copy))
        uow.enqueue_for_staff(thread, ReactionPayload(copy, "👍"))

    await stage.run_in_uow(edit)
    await stage.deliver()
    [(_, _, staff_place)] = await stage.copies(copy)
    # The answer was not sent yet.
    assert [c for c in stage.sender.calls if c[1] == "42"] == [("deliver", "42", None, "Hello")]
    assert ("edit", GROUP, "7", f"{staff_place}=Help") in stage.sender.calls
    assert ("react", GROUP, "7", f"{staff_place}=👍") in stage.sender.calls


async def test_a_reply_goes_to_the_copy_that_it_answers(stage: Stage) -> None:
    ana = await with_card(stage)
    first = await stage.copy(ana, text("A question"))

    async def reply(uow: UnitOfWork) -> None:
        copy = CopyPayload(text("More of it"), first)
        uow.enqueue_for_staff(await thread_of(uow, ana), copy)

    await stage.run_in_uow(reply)
    await stage.deliver()
    [(_, _, place)] = await stage.copies(first)
    assert [each.reply_to for each in stage.sender.deliveries] == [None, place]


async def test_copies_of_one_conversation_go_in_order_and_at_once(stage: Stage) -> None:
    ana = await with_card(stage)
    for number in range(20):
        await stage.copy(ana, picture(str(number)))
    [work] = await stage.claim()
    outcome = await stage.executor.execute(work)
    assert len(outcome.results) > 1
    await stage.settle(outcome)
    await stage.deliver()
    assert stage.sender.did() == [str(number) for number in range(20)]


async def test_an_album_waits_for_its_messages_and_goes_as_one(stage: Stage) -> None:
    ana = await with_card(stage)
    ids = []
    for number in range(3):  # each in its own transaction, as webhooks deliver them
        ids.append(await stage.copy(ana, picture(str(number), album="a"), hold=True))
        stage.later(0.2)
        await stage.deliver()
    await stage.copy(ana, text("after"))
    await stage.deliver()
    assert stage.sender.calls == []
    stage.later(ALBUM_HOLD.total_seconds())
    await stage.deliver()
    assert stage.sender.did() == ["0+1+2", "after"]
    assert [(await stage.copies(each))[0][2] for each in ids] == ["101.0", "101.1", "101.2"]


async def test_an_agents_album_reaches_the_customer_as_one(stage: Stage) -> None:
    ana = await stage.customer()
    for number in range(3):
        await stage.answer(ana, picture(str(number), album="a"))
        stage.later(0.2)
        await stage.deliver()
    stage.later(ALBUM_HOLD.total_seconds())
    await stage.deliver()
    assert stage.sender.calls == [("album", "42", None, "0+1+2")]


async def test_two_albums_stay_two_and_a_single_picture_is_no_album(stage: Stage) -> None:
    ana = await with_card(stage)
    for number, album in enumerate("aabbc"):
        await stage.copy(ana, picture(str(number), album=album), hold=True)
    stage.later(1)
    await stage.deliver()
    assert [(m, about) for m, _, _, about in stage.sender.calls] == [
        ("album", "0+1"),
        ("album", "2+3"),
        ("deliver", "4"),
    ]


async def test_an_answer_never_waits_behind_copies_nor_a_copy_behind_cards(
    database: Database,
) -> None:
    limits = Limits(group=(Limit(8, 60.0),), overall=(Limit(3, 1.0),))
    stage = await open_stage(database, limits=limits)
    people = [await stage.customer(name, name) for name in "abcd"]
    for each in people:
        await stage.set_topic(each, topic=f"7{each}", card="8")
    for each in people:
        await stage.refresh_card(each)
        await stage.copy(each, text("copy"))
        await stage.answer(each, text("answer"))
    for _ in range(8):
        await stage.deliver()
        stage.later(1)
    assert stage.sender.did("deliver")[:4] == ["answer"] * 4
    methods = stage.sender.methods()
    assert stage.sender.did("deliver").count("copy") == 4
    # Four copies leave four of the group's eight calls: too few for cards, which leave six for
    # messages.
    assert methods.count("card") == 0
    for _ in range(6):
        stage.later(61)
        await stage.deliver()
    assert stage.sender.methods().count("card") == 4


async def test_a_full_rate_limit_sends_no_more_and_loses_nothing(
    database: Database,
) -> None:
    stage = await open_stage(database, limits=Limits(group=(Limit(5, 60.0),)))
    ana = await with_card(stage)
    for number in range(12):
        await stage.copy(ana, picture(str(number)))
    sent = []
    for _ in range(4):
        await stage.deliver()
        sent.append(len(stage.sender.calls))
        stage.later(60)
    assert sent == [5, 10, 12, 12]
    assert stage.sender.did() == [str(number) for number in range(12)]


async def test_a_button_reply_waits_for_nothing(stage: Stage) -> None:
    async def press(uow: UnitOfWork) -> None:
        uow.answer_button(stage.channel_id, "cb-1", "Done", alert=True)
        uow.enqueue_for_chat(stage.channel_id, GROUP, "General words", group=True)

    await stage.run_in_uow(press)
    await stage.deliver()
    assert stage.sender.calls == [
        ("button", "", None, "cb-1"),
        ("deliver", GROUP, None, "General words"),
    ]


async def test_a_row_that_is_due_later_blocks_the_rows_behind_it(stage: Stage) -> None:
    ana = await stage.customer()
    await stage.answer(ana, text("1"))
    await stage.change("outbox", due_at=stage.now + timedelta(seconds=30))
    await stage.answer(ana, text("2"))
    await stage.deliver()
    assert stage.sender.calls == []
    stage.later(31)
    await stage.deliver()
    assert stage.sender.did() == ["1", "2"]
