"""A conversation that staff sees twice: in the group, and in an agent's own chat."""

from dataclasses import dataclass

import pytest
from sqlalchemy import select

from db.ids import AgentId, ChannelId, ConversationId, UserId, new_id
from db.queries.conversations import staff_places
from db.queries.conversations.place import Place
from db.queues.payloads import ReactionPayload
from db.tables import Agent, AgentKind, Channel, ChannelKind, Outbox, Role, Side
from desk.actors import AgentActor, human_agent
from desk.channels import ServedChannel
from desk.clients.erasure import ErasureStep
from desk.content import IncomingMessage
from desk.conversations.notices import reply_to_staff
from desk.conversations.threads import find_thread_by_topic
from desk.delivery.executor import StepExecutor
from desk.errors import Rejected, TopicGone
from desk.lanes import group_limit_key, person_limit_key, staff_lane
from desk.messages.internal_words import Writing
from desk.messages.outbound import reply_from_topic
from desk.messages.topic_edits import receive_topic_edit
from desk.unit_of_work import UnitOfWork
from tests.desk.clients.test_erasure import client_of, erase
from tests.desk.stage import GROUP, FakeSender, Stage, text, thread_of

OWN_CHAT = "555"


@dataclass
class Scene:
    """The staff bot has a sender of its own: what it sends is known from what the other sends."""

    stage: Stage
    staff_bot: ChannelId
    sender: FakeSender
    ana: ConversationId
    agent: AgentActor

    async def places(self) -> tuple[Place, ...]:
        return (await self.stage.thread(self.ana)).places

    async def reopen_own_place(self) -> None:
        """Show the conversation in the own chat again, which the agent's answer closed."""
        async with self.stage.database.transaction() as tx:
            await staff_places.add_place(
                tx,
                self.ana,
                channel_id=self.staff_bot,
                chat=OWN_CHAT,
                agent_id=self.agent.agent_id,
            )

    async def deliver(self) -> None:
        """Deliver all, the cards too, and forget the calls."""
        await self.stage.deliver()
        self.stage.later(2)
        await self.stage.deliver()

    def forget_calls(self) -> None:
        self.stage.sender.calls.clear()
        self.sender.calls.clear()


@pytest.fixture
async def scene(stage: Stage) -> Scene:
    row = Channel(
        id=ChannelId(new_id()), kind=ChannelKind.TELEGRAM, external_id="2", name="Staff bot"
    )
    bob = Agent(kind=AgentKind.AI, name="Bob")
    ana = await stage.customer()
    async with stage.database.transaction() as tx:
        tx.add_all([row, bob])
        await tx.flush()
        await staff_places.add_place(tx, ana, channel_id=row.id, chat=OWN_CHAT, agent_id=bob.id)
    stage.channels.replace_all(
        [
            stage.channels[stage.channel_id],
            ServedChannel.from_row(row, enrols_members=False),
        ]
    )
    sender = FakeSender(number=500)
    senders = {stage.channel_id: stage.sender, row.id: sender}
    stage.executor = StepExecutor(stage.channels, senders, stage.draw)
    agent = human_agent("Bob", AgentId(bob.id), UserId(new_id()), Role.CS)
    return Scene(stage, row.id, sender, ana, agent)


async def test_each_place_gets_topic_card_and_messages(scene: Scene) -> None:
    for words in ("one", "two"):
        await scene.stage.copy(scene.ana, text(words))
    works = {work.rate_limit_key for work in await scene.stage.claim()}
    assert works == {
        group_limit_key(scene.stage.channel_id, GROUP),
        person_limit_key(scene.staff_bot, OWN_CHAT),
    }
    await scene.stage.change("lanes", lease=None, lease_until=None, due_at=scene.stage.now)
    await scene.deliver()
    for sender, chat, place in zip(
        (scene.stage.sender, scene.sender), (GROUP, OWN_CHAT), await scene.places(), strict=True
    ):
        assert sender.calls[:2] == [("open", chat, None, "Ana"), ("post", chat, place.topic, "Ana")]
        assert sender.did("deliver") == ["one", "two"]
        assert sender.did("pin") == [place.card]
        assert {call[1] for call in sender.calls} == {chat}


async def test_changes_of_a_message_reach_its_copy_in_each_place(scene: Scene) -> None:
    message_id = await scene.stage.copy(scene.ana, text("one"))
    await scene.deliver()
    ids = {chat: provider_id for _, chat, provider_id in await scene.stage.copies(message_id)}
    scene.forget_calls()
    await scene.stage.edit(scene.ana, message_id, text("uno"), Side.STAFF)

    async def react(uow: UnitOfWork) -> None:
        uow.enqueue_for_staff(await thread_of(uow, scene.ana), ReactionPayload(message_id, "👍"))

    await scene.stage.run_in_uow(react)
    await scene.deliver()
    for sender, chat in ((scene.stage.sender, GROUP), (scene.sender, OWN_CHAT)):
        assert sender.did("edit") == [f"{ids[chat]}=uno"]
        assert sender.did("react") == [f"{ids[chat]}=👍"]


async def test_a_topic_that_is_gone_in_one_place_stays_in_the_other(scene: Scene) -> None:
    await scene.stage.copy(scene.ana, text("one"))
    await scene.deliver()
    group, own = await scene.places()
    scene.forget_calls()
    scene.sender.faults = [TopicGone("gone")]
    await scene.stage.copy(scene.ana, text("two"))
    await scene.deliver()
    assert scene.sender.methods().count("open") == 1
    assert scene.stage.sender.did() == ["two"]
    group_now, own_now = await scene.places()
    assert group_now == group
    assert own_now.id == own.id
    assert own_now.topic != own.topic


async def test_what_happens_to_a_message_without_a_copy_in_a_place_is_told_there(
    scene: Scene,
) -> None:
    """The message is older than the agent's place."""
    own = (await scene.places())[1]
    async with scene.stage.database.transaction() as tx:
        await staff_places.close_place(tx, scene.ana, own.id)
    message_id = await scene.stage.copy(scene.ana, text("one"))
    await scene.deliver()
    async with scene.stage.database.transaction() as tx:
        await staff_places.add_place(
            tx, scene.ana, channel_id=own.channel_id, chat=OWN_CHAT, agent_id=own.agent_id
        )
    scene.forget_calls()
    await scene.stage.edit(scene.ana, message_id, text("uno"), Side.STAFF)

    async def react(uow: UnitOfWork) -> None:
        uow.enqueue_for_staff(await thread_of(uow, scene.ana), ReactionPayload(message_id, "👍"))

    await scene.stage.run_in_uow(react)
    await scene.deliver()
    assert scene.stage.sender.methods() == ["edit", "react"]
    edited, reacted = scene.sender.did("deliver")
    assert "uno" in edited
    assert "👍" in reacted
    assert scene.sender.did("edit", "react") == []


async def test_a_chat_without_topics_gets_all_in_the_chat_itself(scene: Scene) -> None:
    await scene.stage.change("staff_places", in_topic=False)
    await scene.stage.copy(scene.ana, text("one"))
    await scene.deliver()
    for sender, chat in ((scene.stage.sender, GROUP), (scene.sender, OWN_CHAT)):
        assert [call[:3] for call in sender.calls] == [
            ("post", chat, None),
            ("deliver", chat, None),
        ]


async def test_what_is_refused_in_one_place_is_told_there(scene: Scene) -> None:
    await scene.stage.copy(scene.ana, text("one"))
    await scene.deliver()
    scene.forget_calls()
    scene.sender.faults = [Rejected("no such thing")]
    await scene.stage.copy(scene.ana, text("two"))
    await scene.deliver()
    assert scene.stage.sender.did("deliver") == ["two"]
    assert "no such thing" in scene.sender.did("deliver")[1]


async def test_an_agent_answers_in_an_own_chat_that_the_answer_closes(scene: Scene) -> None:
    """Groups show this channel's sessions, so that nothing more goes to the own chat."""
    await scene.stage.copy(scene.ana, text("one"))
    await scene.deliver()
    own = (await scene.places())[1]
    scene.forget_calls()

    async def answer(uow: UnitOfWork) -> None:
        thread = await find_thread_by_topic(uow, scene.staff_bot, OWN_CHAT, own.topic or "")
        assert thread is not None
        said = IncomingMessage(text("hello"), OWN_CHAT, "777")
        message_id = await reply_from_topic(uow, thread, scene.agent, said)
        assert uow.find_collected_message(scene.staff_bot, OWN_CHAT, "777") == message_id
        reply_to_staff(uow, thread, (OWN_CHAT, "777"), "noted", dedup_key="once")
        assert await find_thread_by_topic(uow, scene.stage.channel_id, OWN_CHAT, "1") is None

    await scene.stage.run_in_uow(answer)
    await scene.deliver()
    assert sorted(scene.stage.sender.did("deliver")) == ["hello", "noted"]
    assert scene.sender.did("deliver") == []


async def test_an_agent_edits_an_answer_in_their_own_chat(scene: Scene) -> None:
    await scene.stage.copy(scene.ana, text("one"))
    await scene.deliver()
    own = (await scene.places())[1]

    async def write(uow: UnitOfWork, words: str) -> None:
        thread = await find_thread_by_topic(uow, scene.staff_bot, OWN_CHAT, own.topic or "")
        assert thread is not None
        said = IncomingMessage(text(words), OWN_CHAT, "777")
        if words == "hello":
            await reply_from_topic(uow, thread, scene.agent, said)
        else:
            writing = Writing(by="1", at=0, words=words)
            await receive_topic_edit(uow, thread, scene.agent, said, writing)

    await scene.stage.run_in_uow(lambda uow: write(uow, "hello"))
    await scene.reopen_own_place()
    await scene.deliver()
    scene.forget_calls()
    await scene.stage.run_in_uow(lambda uow: write(uow, "hello there"))
    await scene.deliver()
    (edited,) = scene.stage.sender.did("edit")
    assert edited.endswith("=hello there")
    assert scene.sender.did("deliver") == []


async def test_a_notice_that_comes_once_comes_once_to_each_place(scene: Scene) -> None:
    async def tell(uow: UnitOfWork) -> None:
        thread = await thread_of(uow, scene.ana)
        uow.enqueue_staff_notice(thread, "window closed", dedup_key="closed")

    for _ in range(2):
        await scene.stage.run_in_uow(tell)
    await scene.deliver()
    assert scene.stage.sender.did("deliver") == ["window closed"]
    assert scene.sender.did("deliver") == ["window closed"]


async def test_nothing_more_goes_to_a_place_that_was_closed(scene: Scene) -> None:
    await scene.stage.copy(scene.ana, text("one"))
    await scene.deliver()
    own = (await scene.places())[1]
    scene.forget_calls()
    await scene.stage.copy(scene.ana, text("two"))
    await scene.stage.refresh_card(scene.ana)
    async with scene.stage.database.transaction() as tx:
        await staff_places.close_place(tx, scene.ana, own.id)
    await scene.stage.copy(scene.ana, text("three"))
    await scene.deliver()
    assert scene.sender.calls == []
    assert scene.stage.sender.did("deliver") == ["two", "three"]
    async with scene.stage.database.transaction() as tx:
        waiting = select(Outbox.kind).where(Outbox.settled_at.is_(None))  # type: ignore[union-attr]
        assert list(await tx.scalars(waiting)) == []
    assert (await scene.stage.lane(staff_lane(own.id))).due_at is None

    async def find(uow: UnitOfWork) -> ConversationId:
        found = await find_thread_by_topic(uow, scene.staff_bot, OWN_CHAT, own.topic or "")
        assert found is not None
        assert found.find_place_in(OWN_CHAT) is None
        return found.conversation_id

    assert await scene.stage.run_in_uow(find) == scene.ana


async def test_a_topic_that_was_opened_while_its_conversation_moved_is_a_former_one(
    scene: Scene,
) -> None:
    await scene.stage.copy(scene.ana, text("one"))
    works = await scene.stage.claim()
    outcomes = [await scene.stage.executor.execute(work) for work in works]
    group = (await scene.places())[0]
    async with scene.stage.database.transaction() as tx:
        await staff_places.move_place(tx, group.id, "-1002")
    await scene.stage.settle(*outcomes)
    assert (await scene.places())[0].topic is None
    await scene.deliver()
    assert {call[1] for call in scene.stage.sender.calls[1:]} == {"-1002"}

    async def find(uow: UnitOfWork) -> ConversationId | None:
        found = await find_thread_by_topic(uow, scene.stage.channel_id, GROUP, "101")
        return found.conversation_id if found else None

    assert await scene.stage.run_in_uow(find) == scene.ana


async def test_erasing_deletes_the_topics_of_both_places(scene: Scene) -> None:
    await scene.stage.copy(scene.ana, text("one"))
    await scene.deliver()
    group, own = await scene.places()
    client = await client_of(scene.stage, scene.ana)
    assert await erase(scene.stage, client) is ErasureStep.DONE
    async with scene.stage.database.transaction() as tx:
        rows = (await tx.scalars(select(Outbox).where(Outbox.settled_at.is_(None)))).all()  # type: ignore[union-attr]
    deleted = {
        (row.channel_id, row.payload.get("topic")) for row in rows if row.payload.get("whole_topic")
    }
    assert deleted == {
        (scene.stage.channel_id, group.topic),
        (scene.staff_bot, own.topic),
    }
