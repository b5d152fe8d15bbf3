"""Staff places: which conversation a topic belongs to, and where a conversation is shown."""

import random
from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy.exc import IntegrityError

from db.database import Database, Transaction
from db.ids import AgentId, ChannelId, ConversationId, new_id
from db.queries.clients.clients import add_client
from db.queries.clients.contacts import add_contact
from db.queries.conversations import staff_places, threads
from db.queries.conversations.place import Place
from db.tables import Agent, AgentKind, Channel, ChannelKind
from db.tables.base import now_utc

GROUP, OTHER_GROUP, OWN_CHAT = "-100", "-200", "55"


async def add_conversation(tx: Transaction, channel_id: ChannelId) -> ConversationId:
    external_id, now = new_id(), now_utc()
    client_id = await add_client(
        tx, name="Ann", username=None, telegram_id=None, language=None, phone=None, now=now
    )
    contact_id = await add_contact(
        tx,
        client_id=client_id,
        own_client_id=None,
        channel_id=channel_id,
        external_id=external_id,
        alias=None,
        now=now,
    )
    return await threads.add_conversation(tx, contact_id=contact_id, channel_id=channel_id, now=now)


async def add_in_group(tx: Transaction, channel_id: ChannelId, chat: str = GROUP) -> ConversationId:
    this = await add_conversation(tx, channel_id)
    await staff_places.add_place(tx, this, channel_id=channel_id, chat=chat)
    return this


async def add_agent(tx: Transaction) -> AgentId:
    agent = Agent(kind=AgentKind.AI, name="Bob")
    tx.add(agent)
    await tx.flush()
    return agent.id


async def places_of(tx: Transaction, this: ConversationId) -> tuple[Place, ...]:
    (thread,) = await threads.read_by_ids(tx, [this])
    return thread.places


async def group_place(tx: Transaction, this: ConversationId) -> Place:
    place = (await places_of(tx, this))[0]
    assert place.agent_id is None
    return place


async def owner_of(
    tx: Transaction, channel_id: ChannelId, chat: str, topic: str
) -> ConversationId | None:
    found = await threads.lock_by_topics(tx, channel_id, chat, [topic])
    return found[topic].conversation_id if found else None


async def test_a_topic_gets_one_card_and_is_forgotten_only_while_it_is_the_same(
    database: Database, channel_id: ChannelId
) -> None:
    async with database.transaction() as tx:
        this = await add_in_group(tx, channel_id)
        unopened = await group_place(tx, this)
        await staff_places.save_topic(tx, this, unopened, "10")
        opened = await group_place(tx, this)
        assert opened == replace(unopened, topic="10")
        assert not await staff_places.save_card(tx, this, replace(opened, topic="9"), "100")
        assert await staff_places.save_card(tx, this, opened, "100")
        assert not await staff_places.save_card(tx, this, opened, "101")
        await staff_places.forget_card(tx, this, replace(opened, card="101"))
        await staff_places.forget_topic(tx, opened.id, "9")
        shown = await group_place(tx, this)
        assert shown == replace(opened, card="100")
        await staff_places.forget_card(tx, this, shown)
        assert await staff_places.save_card(tx, this, opened, "102")
        await staff_places.forget_topic(tx, opened.id, "10")
        assert await group_place(tx, this) == unopened
        assert await owner_of(tx, channel_id, GROUP, "10") == this


async def test_a_conversation_is_in_one_group_and_once_with_each_agent(
    database: Database, channel_id: ChannelId
) -> None:
    async with database.transaction() as tx:
        this, agent = await add_in_group(tx, channel_id), await add_agent(tx)
        own = await staff_places.add_place(
            tx, this, channel_id=channel_id, chat=OWN_CHAT, agent_id=agent
        )
    for whose in (None, agent):
        with pytest.raises(IntegrityError):
            async with database.transaction() as tx:
                await staff_places.add_place(
                    tx, this, channel_id=channel_id, chat="1", agent_id=whose
                )
    async with database.transaction() as tx:
        assert [each.agent_id for each in await places_of(tx, this)] == [None, agent]
        await staff_places.close_place(tx, this, own)
        assert [each.agent_id for each in await places_of(tx, this)] == [None]
        again = await staff_places.add_place(
            tx, this, channel_id=channel_id, chat=OWN_CHAT, agent_id=agent
        )
        assert [each.id for each in (await places_of(tx, this))[1:]] == [again]


async def test_a_topic_that_was_reported_and_left_is_settled_once(
    database: Database, channel_id: ChannelId
) -> None:
    async with database.transaction() as tx:
        this = await add_in_group(tx, channel_id)
        unopened = await group_place(tx, this)
        assert await staff_places.save_topic(tx, this, unopened, "10")
        assert await staff_places.save_topic(tx, this, unopened, "10")
        await staff_places.close_place(tx, this, unopened.id)
        assert not await staff_places.save_topic(tx, this, unopened, "10")
        assert await owner_of(tx, channel_id, GROUP, "10") == this


async def test_a_topic_belongs_to_one_conversation(
    database: Database, channel_id: ChannelId
) -> None:
    """The chat was lost and numbers its topics anew: the newer topic counts."""
    async with database.transaction() as tx:
        first, second = [await add_in_group(tx, channel_id) for _ in range(2)]
        for each in (first, second):
            await staff_places.save_topic(tx, each, await group_place(tx, each), "10")
        assert await owner_of(tx, channel_id, GROUP, "10") == second
        assert (await group_place(tx, first)).topic is None
        await staff_places.forget_topic(tx, (await group_place(tx, second)).id, "10")
        await staff_places.save_topic(tx, first, await group_place(tx, first), "10")
        assert await owner_of(tx, channel_id, GROUP, "10") == first


async def test_bots_have_topics_of_their_own_in_the_same_chat(
    database: Database, channel_id: ChannelId
) -> None:
    other = ChannelId(new_id())
    async with database.transaction() as tx:
        tx.add(Channel(id=other, kind=ChannelKind.TELEGRAM, external_id="2", name="Other"))
        await tx.flush()
        ours, theirs = [await add_in_group(tx, each) for each in (channel_id, other)]
        for each in (ours, theirs):
            await staff_places.save_topic(tx, each, await group_place(tx, each), "10")
        assert await owner_of(tx, channel_id, GROUP, "10") == ours
        assert await owner_of(tx, other, GROUP, "10") == theirs


async def test_threads_come_with_all_places_however_they_are_found(
    database: Database, channel_id: ChannelId
) -> None:
    async with database.transaction() as tx:
        this, agent = await add_in_group(tx, channel_id), await add_agent(tx)
        await staff_places.add_place(tx, this, channel_id=channel_id, chat=OWN_CHAT, agent_id=agent)
        for place, topic in zip(await places_of(tx, this), ("10", "20"), strict=True):
            await staff_places.save_topic(tx, this, place, topic)
        nowhere = await add_conversation(tx, channel_id)
        (thread, alone) = await threads.read_by_ids(tx, [this, nowhere])
        found = [
            *await threads.lock_by_ids(tx, [this]),
            *await threads.lock_by_contacts(tx, channel_id, [thread.external_id]),
            (await threads.lock_by_topics(tx, channel_id, GROUP, ["10", "11"]))["10"],
            (await threads.lock_by_topics(tx, channel_id, OWN_CHAT, ["20"]))["20"],
        ]
    assert found == [thread] * 4
    assert [(each.chat, each.topic) for each in thread.places] == [(GROUP, "10"), (OWN_CHAT, "20")]
    assert thread.group_place == thread.places[0]
    assert (
        thread.find_place_in(OWN_CHAT) == thread.places[1] == thread.find_place(thread.places[1].id)
    )
    assert (alone.places, alone.group_place) == ((), None)


@dataclass
class Model:
    """What should be known after a random walk: which conversation each topic belongs to."""

    tx: Transaction
    channel_id: ChannelId
    agent: AgentId
    people: list[ConversationId]
    chance: random.Random
    owners: dict[tuple[str, str], ConversationId] = field(default_factory=dict)
    reported: list[tuple[ConversationId, Place, str]] = field(default_factory=list)
    made: int = 0

    async def open_topic(self, this: ConversationId, place: Place) -> None:
        self.made += 1
        await staff_places.save_topic(self.tx, this, place, str(self.made))
        self.owners[place.chat, str(self.made)] = this
        self.reported.append((this, place, str(self.made)))

    async def settle(self, _: ConversationId, __: Place) -> None:
        """Settle the call that opened a topic: Telegram may have reported the topic before."""
        if self.reported:
            await staff_places.save_topic(self.tx, *self.reported.pop())

    async def forget_topic(self, _: ConversationId, place: Place) -> None:
        if place.topic is not None:
            await staff_places.forget_topic(self.tx, place.id, place.topic)

    async def move(self, _: ConversationId, place: Place) -> None:
        if place.agent_id is None:
            await staff_places.move_place(
                self.tx, place.id, self.chance.choice([GROUP, OTHER_GROUP])
            )

    async def move_all(self, _: ConversationId, __: Place) -> None:
        old, new = self.chance.sample([GROUP, OTHER_GROUP], 2)
        await staff_places.move_conversations(self.tx, self.channel_id, old, new)

    async def close(self, this: ConversationId, place: Place) -> None:
        await staff_places.close_place(self.tx, this, place.id)

    async def show(self, this: ConversationId) -> None:
        shown = {each.agent_id for each in await places_of(self.tx, this)}
        for agent, chat in ((None, GROUP), (self.agent, OWN_CHAT)):
            if agent not in shown:
                await staff_places.add_place(
                    self.tx, this, channel_id=self.channel_id, chat=chat, agent_id=agent
                )

    async def step(self) -> None:
        this = self.chance.choice(self.people)
        await self.show(this)
        place = self.chance.choice(await places_of(self.tx, this))
        steps = [self.open_topic, self.open_topic, self.forget_topic, self.move, self.move_all]
        await self.chance.choice([*steps, self.close, self.settle])(this, place)


@pytest.mark.parametrize("seed", range(4))
async def test_a_topic_maps_to_its_conversation_for_ever(
    database: Database, channel_id: ChannelId, seed: int
) -> None:
    async with database.transaction() as tx:
        people = [await add_in_group(tx, channel_id) for _ in range(3)]
        chance = random.Random(seed)  # noqa: S311 no secret
        model = Model(tx, channel_id, await add_agent(tx), people, chance)
        for _ in range(30):
            await model.step()
        for (chat, topic), owner in model.owners.items():
            assert await owner_of(tx, channel_id, chat, topic) == owner
        for this in people:
            shown = await places_of(tx, this)
            assert len({each.agent_id for each in shown}) == len(shown)
