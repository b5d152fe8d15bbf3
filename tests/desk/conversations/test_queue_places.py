"""Waiting customers read their place, and it is kept true by edits that bother nobody."""

from dataclasses import replace
from datetime import timedelta

import pytest

from db.database import Database
from db.ids import ConversationId
from db.tables import OutboxKind, OutboxState, Priority, Queue
from desk.actors import SYSTEM, AgentActor
from desk.channel_traits import ChannelTraits
from desk.conversations import sessions
from desk.conversations.priority import set_priority
from desk.conversations.queue_places import is_other_place, keep_places_true
from desk.errors import Rejected
from desk.texts.customer_texts import OwnTexts
from desk.unit_of_work import UnitOfWork
from scripts.application.projections import list_projections
from tests.desk.day import HOUR, MINUTE, Scene, times, use
from tests.desk.stage import open_stage, thread_of


@pytest.fixture
async def scene(database: Database) -> Scene:
    made = Scene(await open_stage(database, ChannelTraits(edits_notices=True)))
    use(made, times(end=None), list_projections())
    return made


async def look(scene: Scene, seconds: float = MINUTE) -> int:
    """Let time pass, look after the places once, and deliver what follows."""
    await scene.later(seconds)
    edited = await scene.stage.run_in_uow(keep_places_true)
    await scene.stage.deliver()
    return edited


def edits(scene: Scene) -> list[str]:
    return scene.stage.sender.did("edit")


async def ends(scene: Scene, conversation: ConversationId, agent: AgentActor) -> None:
    async def work(uow: UnitOfWork) -> None:
        await sessions.end(uow, await thread_of(uow, conversation), agent)

    await scene.stage.run_in_uow(work)


async def test_a_notice_follows_its_place_until_an_agent_answers(scene: Scene) -> None:
    mia = await scene.hire("Mia", capacity=1)
    first = await scene.writes("first")
    ann, bob = await scene.writes("ann"), await scene.writes("bob")
    await scene.stage.deliver()
    assert "You are number 2 in the queue." in str(scene.stage.sender.did("deliver"))
    assert await look(scene) == 0, "nothing has changed"
    await ends(scene, first, mia)
    assert await scene.holder(ann) == mia.agent_id
    assert await look(scene) == 1
    [edited] = edits(scene)
    assert "You are number 1 in the queue." in edited
    assert await look(scene) == 0
    await scene.answers(ann, mia)
    await ends(scene, ann, mia)
    assert await scene.holder(bob) == mia.agent_id
    await scene.writes("bob")
    assert await look(scene, HOUR) == 0
    assert len(edits(scene)) == 1


async def test_an_edit_that_waits_is_dropped_when_an_agent_takes_the_session(scene: Scene) -> None:
    mia = await scene.hire("Mia", capacity=0)
    ann, bob = await scene.writes("ann"), await scene.writes("bob")
    await scene.stage.deliver()
    await ends(scene, ann, mia)
    await scene.later(MINUTE)
    assert await scene.stage.run_in_uow(keep_places_true) == 1
    await scene.answers(bob, mia)
    await scene.stage.deliver()
    assert edits(scene) == []
    waiting = [each for each in await scene.stage.outbox() if each.state is OutboxState.PENDING]
    assert [each for each in waiting if each.lane.startswith("place:")] == []


async def test_edits_are_few_and_a_refused_one_is_told_to_nobody(scene: Scene) -> None:
    mia = await scene.hire("Mia", capacity=0)
    many = [await scene.writes(f"c{number}") for number in range(9)]
    await scene.stage.deliver()
    for each in many[:3]:
        await ends(scene, each, mia)
    assert await look(scene, 10) == 0, "too soon after the notice"
    assert await look(scene, 30) == 6, "one edit for three steps"
    await ends(scene, many[3], mia)
    scene.stage.sender.faults = [Rejected("message to edit not found")]
    before = len(await scene.told(OutboxKind.STAFF_NOTICE))
    assert await look(scene, 30) == 5
    assert len(await scene.told(OutboxKind.STAFF_NOTICE)) == before
    queues = {each.queue for each in await scene.stage.claim()}
    assert queues <= {Queue.BACKGROUND}

    async def raise_priority(uow: UnitOfWork) -> None:
        thread = await thread_of(uow, many[8])
        await set_priority(uow, thread, Priority.URGENT, by=SYSTEM)

    await scene.stage.run_in_uow(raise_priority)
    assert await look(scene, 60) == 5
    assert "You are number 1 in the queue" in edits(scene)[-1] or any(
        "You are number 1 in the queue" in each for each in edits(scene)
    )


async def test_the_estimate_comes_from_real_waits_and_shrinks(scene: Scene) -> None:
    mia = await scene.hire("Mia", capacity=0)
    for number in range(5):
        each = await scene.writes(f"c{number}")
        assert "it takes" not in str(await scene.told(OutboxKind.NOTICE)), "nothing is known yet"
        await scene.later(10 * MINUTE)
        await scene.answers(each, mia)
    await scene.writes("ann")
    told = (await scene.told(OutboxKind.NOTICE))[-1]
    assert told.endswith("it takes at most about 10 minutes until somebody is free for you.")
    await scene.stage.deliver()
    assert await look(scene, 6 * MINUTE) == 1
    assert "takes at most about 4 minutes" in edits(scene)[-1]
    assert await look(scene, 5 * MINUTE) == 1
    assert "it takes" not in edits(scene)[-1], "it takes longer than usual"
    await scene.later(5 * HOUR)
    bob = await scene.writes("bob")
    assert "it takes" not in (await scene.told(OutboxKind.NOTICE))[-1], "that was hours ago"
    assert await scene.holder(bob) is None


async def test_a_channel_without_edits_says_it_once(scene: Scene) -> None:
    scene.stage.channels.replace_all(
        replace(each, traits=ChannelTraits()) for each in scene.stage.channels
    )
    mia = await scene.hire("Mia", capacity=0)
    ann = await scene.writes("ann")
    await scene.writes("bob")
    await scene.stage.deliver()
    await ends(scene, ann, mia)
    assert await look(scene, timedelta(hours=1).total_seconds()) == 0
    assert edits(scene) == []


@pytest.mark.parametrize(
    ("words", "entities", "edited"),
    [
        ("Place {{place}}, {{first_name}}", [{"type": "bold", "offset": 0, "length": 17}], 1),
        ("{{place}}" + "x" * 4087, None, 1),
        ("{{place}} {{name}}" + "x" * 4078, None, 0),  # with its values it takes two messages
    ],
)
async def test_the_operators_own_words_are_edited_with_their_markup(
    scene: Scene, words: str, entities: list[dict[str, object]] | None, edited: int
) -> None:
    own = OwnTexts.load({"en": {"waiting": {"text": words, "entities": entities}}})
    scene.stage.channels.replace_all(replace(each, own_texts=own) for each in scene.stage.channels)
    mia = await scene.hire("Mia", capacity=0)
    ann = await scene.writes("ann")
    await scene.writes("bob the builder of many and great things")
    await scene.stage.deliver()
    await ends(scene, ann, mia)
    assert await look(scene) == edited
    if entities:
        assert "Place 2, bob" in scene.stage.sender.did("deliver")
        [edit] = [each for each in await scene.stage.outbox() if each.lane.startswith("place:")]
        assert edit.payload["content"]["text"] == "Place 1, bob"
        assert edit.payload["content"]["entities"] == [{**entities[0], "length": 9}]


@pytest.mark.parametrize(
    ("shown", "place", "other"),
    [(2, 1, True), (1, 2, True), (5, 4, True), (30, 29, False), (30, 24, True), (7, 6, False)],
)
def test_a_far_place_changes_in_larger_steps(shown: int, place: int, other: bool) -> None:
    assert is_other_place(shown, place) is other
