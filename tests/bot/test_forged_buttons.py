"""A client program may send any data for any button: it reaches no other conversation.

Every id of one conversation is pressed, under every verb, in the topic of another one.
"""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from aiogram.types import CallbackQuery, Chat, InaccessibleMessage, Message, User
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.handlers import buttons
from db.database import Database
from db.ids import AgentId, ConversationId, MessageId, new_id
from db.queries.messages import drafts as draft_queries
from db.tables import (
    Agent,
    AgentKind,
    Outbox,
    OutboxKind,
    OutboxState,
    Role,
    metadata,
)
from db.tables import User as UserRow
from db.tables.conversations import StaffPlace
from desk.actors import anonymous_admin
from desk.content import Content, IncomingMessage
from desk.messages import outbound
from desk.unit_of_work import UnitOfWork
from tests.desk.stage import GROUP, Stage, open_stage, text, thread_of

VERBS = ("claim", "end", "status", "as", "again", "arrived", "join", "unjoin", "tpl", "tpls")
VERBS = (*VERBS, "draft", "drop")
TOPICS = {"Ann": 7, "Bob": 8}
PRESSER = 4711


@dataclass
class Scene:
    """Two conversations in two topics, each with everything that a button can be about."""

    stage: Stage
    mia_id: AgentId
    ann: ConversationId
    bob: ConversationId

    async def press(self, data: str, topic: int, *, is_old: bool = False) -> str:
        chat = Chat(id=int(GROUP), type="supergroup", is_forum=True)
        fields: dict[str, Any] = {"message_id": 99, "chat": chat}
        message = (
            InaccessibleMessage(**fields, date=0)
            if is_old
            else Message(
                **fields,
                date=datetime(2026, 1, 1, tzinfo=UTC),
                message_thread_id=topic,
                is_topic_message=True,
            )
        )
        who = User(id=PRESSER, is_bot=False, first_name="Mia")
        query = CallbackQuery(
            id=new_id(), from_user=who, chat_instance="1", data=data, message=message
        )

        async def work(uow: UnitOfWork) -> str:
            await buttons.on_button(query, uow, uow.channels[self.stage.channel_id])
            [answer] = [each for each in uow.outbox_items if each.kind is OutboxKind.BUTTON_REPLY]
            return str(getattr(answer.payload, "text", ""))

        return await self.stage.run_in_uow(work)

    async def snapshot(self) -> dict[str, list[tuple[Any, ...]]]:
        """Read what Bob's conversation consists of, and what is nobody's alone."""
        async with self.stage.database.transaction() as tx:
            found = {
                name: [tuple(row) for row in await tx.execute(metadata.tables[name].select())]
                for name in ("messages", "sessions", "clients", "client_merges", "conversations")
            }
            items = select(Outbox.id, Outbox.kind, Outbox.state)
            rows = await tx.execute(items.where(Outbox.conversation_id == self.bob))
            return {**found, "outbox": [tuple(row) for row in rows]}

    async def list_ids(self, conversation: ConversationId) -> list[str]:
        """List every id that belongs to a conversation."""
        thread = await self.stage.thread(conversation)
        messages, outbox = metadata.tables["messages"], metadata.tables["outbox"]
        async with self.stage.database.transaction() as tx:
            of_it = messages.c.conversation_id == conversation
            its = [str(each) for each in await tx.scalars(select(messages.c.id).where(of_it))]
            of_it = outbox.c.conversation_id == conversation
            its += [str(each) for each in await tx.scalars(select(outbox.c.id).where(of_it))]
        return [*its, conversation, thread.client_id, str(thread.session_id), thread.contact_id]


async def _fill(stage: Stage, conversation: ConversationId, topic: int) -> None:
    """Put a held answer, a draft, an uncertain answer and a waiting session into a conversation."""

    async def say(uow: UnitOfWork) -> MessageId:
        thread = await thread_of(uow, conversation)
        said = IncomingMessage(Content(text="as the group"), GROUP, new_id())
        await outbound.hold_anonymous_reply(uow, thread, anonymous_admin("Staff", GROUP), said)
        return MessageId("")

    await stage.run_in_uow(say)
    draft = await stage.answer(conversation, text("a draft"))
    await stage.answer(conversation, text("maybe"))

    async def change(tx: AsyncSession) -> None:
        assert await draft_queries.hold(tx, draft, "closed")
        uncertain = {"state": OutboxState.UNCERTAIN}
        mine = Outbox.conversation_id == conversation, Outbox.kind == OutboxKind.ANSWER
        await tx.execute(update(Outbox).where(*mine).values(uncertain))
        this = StaffPlace.conversation_id == conversation
        await tx.execute(update(StaffPlace).where(this).values(topic=str(topic)))

    await stage.database.run(change)


@pytest.fixture
async def scene(database: Database) -> Scene:
    stage = await open_stage(database)
    user = UserRow(
        name="Mia", email="m@x.test", password_hash="x", role=Role.CS, telegram_id=str(PRESSER)
    )
    async with database.transaction() as tx:
        tx.add(user)
        await tx.flush()
        agent = Agent(id=AgentId(new_id()), kind=AgentKind.HUMAN, name="Mia", user_id=user.id)
        tx.add(agent)
    ann = await stage.customer("Ann", "1")
    bob = await stage.customer("Bob", "2")
    for conversation, topic in ((ann, TOPICS["Ann"]), (bob, TOPICS["Bob"])):
        await _fill(stage, conversation, topic)
    return Scene(stage, agent.id, ann, bob)


async def test_no_button_of_a_topic_reaches_another_conversation(scene: Scene) -> None:
    before = await scene.snapshot()
    ids = await scene.list_ids(scene.bob)
    for verb, first in itertools.product(VERBS, ids):
        for tail in ("", ":me", f":{scene.mia_id}", f":{ids[0]}"):
            await scene.press(f"{verb}:{first}{tail}"[:64], TOPICS["Ann"])
        assert await scene.snapshot() == before, f"{verb}:{first}"


async def test_the_same_buttons_work_where_they_stand(scene: Scene) -> None:
    """Otherwise the test above would prove nothing."""
    held, draft, maybe = await _list_messages(scene)
    async with scene.stage.database.transaction() as tx:
        of_it = Outbox.message_id == maybe, Outbox.kind == OutboxKind.ANSWER
        [row] = await tx.scalars(select(Outbox.id).where(*of_it))
    topic = TOPICS["Bob"]
    assert await scene.press(f"as:{held}:me", topic) == "Sent to the customer."
    assert await scene.press(f"draft:{draft}", topic) == "Sent to the customer."
    assert await scene.press(f"arrived:{row}", topic) == "Noted: it arrived."
    assert await scene.press(f"end:{scene.bob}", topic) == "The session is ended."


async def test_an_old_card_still_works_in_its_own_group(scene: Scene) -> None:
    assert await scene.press(f"claim:{scene.bob}", 0, is_old=True) == "The session is yours."
    await scene.stage.change("staff_places", chat="-1009")
    assert "out of date" in await scene.press(f"claim:{scene.bob}", 0, is_old=True)


async def _list_messages(scene: Scene) -> list[MessageId]:
    messages = metadata.tables["messages"]
    of_bob = messages.c.conversation_id == scene.bob
    async with scene.stage.database.transaction() as tx:
        return list(await tx.scalars(select(messages.c.id).where(of_bob).order_by(messages.c.id)))
