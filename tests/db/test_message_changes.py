"""Changes of one message, one outbox row: each succeeds once, and only while it may."""

from dataclasses import dataclass

import pytest
from sqlalchemy import select

from db.content import Content
from db.database import Database, Transaction
from db.ids import AgentId, ChannelId, ConversationId, MessageId, SessionId, new_id
from db.queries.accounts.accounts import add_user_if_new, find_user_by_email
from db.queries.accounts.agents import save_agent
from db.queries.clients.clients import add_client
from db.queries.clients.contacts import add_contact
from db.queries.conversations import threads
from db.queries.conversations.holders import open_session
from db.queries.messages import drafts, message_rows, revisions
from db.queries.messages.delivery_states import mark_sent, set_delivery_state, take_held_answer
from db.queries.messages.new_messages import NewMessage, add_copies, add_messages
from db.queues import outbox, uncertain
from db.queues.outbox import OutboxItem
from db.queues.payloads import AnswerPayload
from db.tables import (
    Agent,
    AgentStatus,
    DeliveryState,
    Direction,
    MessageType,
    OutboxState,
    Queue,
    Role,
    SenderType,
    Side,
)
from db.tables.base import now_utc

NOW = now_utc().replace(microsecond=0)
LONG = "x" * 900


@dataclass(frozen=True)
class Scene:
    """A conversation with an open session, and an agent."""

    channel_id: ChannelId
    conversation_id: ConversationId
    session_id: SessionId
    agent_id: AgentId


@pytest.fixture
async def scene(database: Database, channel_id: ChannelId) -> Scene:
    async with database.transaction() as tx:
        client_id = await add_client(
            tx, name="Ann", username=None, telegram_id="7", language=None, phone=None, now=NOW
        )
        contact_id = await add_contact(
            tx,
            client_id=client_id,
            own_client_id=None,
            channel_id=channel_id,
            external_id="7",
            alias=None,
            now=NOW,
        )
        conversation_id = await threads.add_conversation(
            tx, contact_id=contact_id, channel_id=channel_id, now=NOW
        )
        (thread,) = await threads.read_by_ids(tx, [conversation_id])
        session_id = await open_session(tx, thread, None, NOW)
        agent_id = await add_agent(tx)
    return Scene(channel_id, conversation_id, session_id, agent_id)


async def add_agent(tx: Transaction) -> AgentId:
    email = "bob@example.com"
    await add_user_if_new(tx, name="Bob", email=email, password_hash="-", role=Role.CS, now=NOW)
    user = await find_user_by_email(tx, email)
    assert user is not None
    for status in (AgentStatus.AWAY, AgentStatus.ONLINE):  # the second time it exists
        await save_agent(tx, user.id, name="Bob", status=status, capacity=3, now=NOW)
    agent = (await tx.scalars(select(Agent).where(Agent.user_id == user.id))).one()
    assert agent.status is AgentStatus.ONLINE
    return agent.id


async def add_answer(tx: Transaction, scene: Scene, state: DeliveryState) -> MessageId:
    answer: NewMessage = {
        "id": MessageId(new_id()),
        "session_id": scene.session_id,
        "conversation_id": scene.conversation_id,
        "sender_type": SenderType.CS,
        "direction": Direction.OUTBOUND,
        "message_type": MessageType.TEXT,
        "message": "hello",
        "entities": None,
        "file": None,
        "file_url": None,
        "attributes": None,
        "reply_to_id": None,
        "author_id": None,
        "author_name": None,
        "is_read": True,
        "delivery_state": state,
        "created_at": NOW,
    }
    await add_messages(tx, [answer])
    return answer["id"]


async def test_a_held_answer_is_taken_by_one_agent(database: Database, scene: Scene) -> None:
    async with database.transaction() as tx:
        held = await add_answer(tx, scene, DeliveryState.HELD)
        elsewhere = ConversationId(new_id())
        assert not await take_held_answer(tx, elsewhere, held, scene.agent_id, "Bob", now=NOW)
        assert await take_held_answer(
            tx, scene.conversation_id, held, scene.agent_id, "Bob", now=NOW
        )
        assert not await take_held_answer(
            tx, scene.conversation_id, held, scene.agent_id, "Bob", now=NOW
        )
        row = await message_rows.read_message(tx, held)
    assert (row.delivery_state, row.author_id) == (DeliveryState.PENDING, scene.agent_id)


async def test_a_draft_is_released_or_discarded_once(database: Database, scene: Scene) -> None:
    async with database.transaction() as tx:
        kept, dropped, sent = [await add_answer(tx, scene, DeliveryState.PENDING) for _ in range(3)]
        assert [await drafts.hold(tx, each, LONG) for each in (kept, kept)] == [True, False]
        assert await drafts.hold(tx, dropped, "closed")
        assert not await take_held_answer(
            tx, scene.conversation_id, kept, scene.agent_id, "Bob", now=NOW
        )
        here, elsewhere = scene.conversation_id, ConversationId(new_id())
        assert await drafts.list_drafts(tx, here, most_searched=9) == [kept, dropped]
        assert await drafts.list_drafts(tx, here, most_searched=1) == []  # the newest is none
        assert not await drafts.release_draft(tx, elsewhere, kept, NOW)
        assert not await drafts.release_draft(tx, here, sent, NOW)
        assert await drafts.release_draft(tx, here, kept, NOW)
        assert not await drafts.release_draft(tx, here, kept, NOW)
        assert await drafts.discard_draft(tx, here, dropped, "dropped", NOW)
        assert not await drafts.discard_draft(tx, here, dropped, "dropped", NOW)
        assert not await drafts.hold(tx, dropped, "closed")  # it was deleted


async def test_only_a_waiting_answer_becomes_sent(database: Database, scene: Scene) -> None:
    async with database.transaction() as tx:
        waiting, failed = [await add_answer(tx, scene, DeliveryState.PENDING) for _ in range(2)]
        await set_delivery_state(tx, failed, DeliveryState.FAILED, LONG)
        await mark_sent(tx, [waiting, failed])
        rows = await message_rows.list_newest_replies(tx, scene.conversation_id, most=2)
    assert [each.delivery_state for each in rows] == [DeliveryState.FAILED, DeliveryState.SENT]
    assert [each.delivery_error for each in rows] == [LONG[:500], None]


async def test_a_message_is_deleted_once_and_can_come_back(
    database: Database, scene: Scene
) -> None:
    async with database.transaction() as tx:
        answer = await add_answer(tx, scene, DeliveryState.SENT)
        assert await revisions.mark_deleted(tx, answer, NOW)
        assert not await revisions.mark_deleted(tx, answer, NOW)
        await revisions.set_deleted(tx, answer, None)
        assert await revisions.mark_deleted(tx, answer, NOW)


async def test_the_original_is_where_staff_wrote_first(database: Database, scene: Scene) -> None:
    async with database.transaction() as tx:
        answer = await add_answer(tx, scene, DeliveryState.SENT)
        by_api = await message_rows.read_message_with_original(tx, answer)
        sides = [(Side.CUSTOMER, "1"), (Side.STAFF, "2"), (Side.STAFF, "3")]
        await add_copies(
            tx,
            [
                {
                    "message_id": answer,
                    "channel_id": scene.channel_id,
                    "side": side,
                    "chat": f"at {side.value}",
                    "provider_id": provider_id,
                }
                for side, provider_id in sides
            ],
        )
        found = await message_rows.read_message_with_original(tx, answer)
    assert by_api.original is None
    assert found.row == by_api.row
    assert found.original == (f"at {Side.STAFF.value}", "2")


async def test_an_uncertain_row_is_settled_once(database: Database, scene: Scene) -> None:
    async with database.transaction() as tx:
        answer = await add_answer(tx, scene, DeliveryState.UNCERTAIN)
        item = OutboxItem(
            queue=Queue.CUSTOMER,
            lane="a",
            rate_limit_key="",
            channel_id=scene.channel_id,
            due_at=NOW,
            conversation_id=scene.conversation_id,
            message_id=answer,
            payload=AnswerPayload(Content(text="hello")),
        )
        await outbox.put(tx, [item], NOW)
        (row,) = (await outbox.read_oldest(tx, ["a"], 1))["a"]
        assert await uncertain.list_uncertain_rows(tx, answer) == []
        assert not await uncertain.settle_uncertain(tx, row.id, OutboxState.DONE)
        await outbox.settle(tx, [row.id], NOW, OutboxState.UNCERTAIN)
        assert await uncertain.list_uncertain_rows(tx, answer) == [row.id]
        assert await uncertain.settle_uncertain(tx, row.id, OutboxState.DONE)
        assert not await uncertain.settle_uncertain(tx, row.id, OutboxState.FAILED)
        assert await uncertain.read_states(tx, [row.id]) == {OutboxState.DONE}
        subject = await uncertain.find_subject(tx, row.id)
        assert await uncertain.find_subject(tx, row.id + 1) is None
    assert subject == uncertain.RowSubject(scene.conversation_id, answer)
