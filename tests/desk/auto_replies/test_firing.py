"""Rules answer in the transaction of a message, or by their timers, on both engines."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import select

from db.database import Database
from db.ids import AutoReplyRuleId, ConversationId, new_id
from db.queries.auto_replies import get_auto_reply_rules
from db.queries.conversations.threads import Thread
from db.queues import inbox
from db.tables import (
    AutoReplyFiring,
    AutoReplyRule,
    Direction,
    Inbox,
    InboxState,
    Message,
    RuleMatch,
)
from desk import actors
from desk.auto_replies.firing import handle_rule_timer
from desk.auto_replies.projection import AutoReplies
from desk.auto_replies.trial import try_rules
from desk.business_hours import parse_hours
from desk.causes import Cause
from desk.channels import Channels
from desk.content import Content, IncomingMessage, Person
from desk.conversations import sessions
from desk.live.projection import LiveEvents
from desk.messages.inbound import handle_start, receive_message
from desk.messages.replies import reply
from desk.metrics.projection import SessionMetrics
from desk.receiving.timers import Timer, TimerReceiver
from desk.unit_of_work import UnitOfWork
from tests.desk.stage import Stage, open_stage, thread_of

Work = Callable[[UnitOfWork, Thread], Awaitable[object]]
ANA = Person("42", "Ana Lim")


@dataclass
class Scene:
    stage: Stage
    ana: ConversationId

    async def rule(self, name: str = "greeting", **values: Any) -> AutoReplyRuleId:
        known = {
            "match_kind": RuleMatch.WORD,
            "trigger_keywords": ["halo", "hai", "hello"],
            "reply_message": "Hello {{first_name}}, I am {{agent}}",
            **values,
        }
        rule = AutoReplyRule(
            id=AutoReplyRuleId(new_id()), channel_id=self.stage.channel_id, name=name, **known
        )
        async with self.stage.database.transaction() as tx:
            tx.add(rule)
        return rule.id

    async def writes(self, text: str, cause: Cause = Cause.MESSAGE) -> None:
        said = IncomingMessage(Content(text=text), chat="42", provider_id=new_id())

        async def work(uow: UnitOfWork) -> None:
            channel = uow.channels[self.stage.channel_id]
            await receive_message(uow, channel, ANA, said, cause)

        await self.stage.run_in_uow(work)

    async def act(self, work: Work) -> None:
        async def whole(uow: UnitOfWork) -> None:
            await work(uow, await thread_of(uow, self.ana))

        await self.stage.run_in_uow(whole)

    async def runs_timers(self) -> None:
        """Run the handler, as the worker does when a timer of this conversation is due."""
        await self.act(handle_rule_timer)

    async def said(self) -> list[tuple[str | None, str | None]]:
        """Return the author and the text of each message to the customer."""
        wanted = select(Message).where(Message.direction == Direction.OUTBOUND).order_by(Message.id)
        async with self.stage.database.transaction() as tx:
            return [(row.author_name, row.message) for row in await tx.scalars(wanted)]

    async def texts(self) -> list[str | None]:
        return [text for _, text in await self.said()]

    async def firings(self) -> list[str]:
        async with self.stage.database.transaction() as tx:
            rows = await tx.scalars(select(AutoReplyFiring).order_by(AutoReplyFiring.id))
            return [row.state.value for row in rows]

    async def timers(self) -> list[Inbox]:
        wanted = select(Inbox).where(
            Inbox.lane.startswith("timer:rule:"), Inbox.state == InboxState.PENDING
        )
        async with self.stage.database.transaction() as tx:
            return list((await tx.scalars(wanted)).all())


@pytest.fixture
async def scene(database: Database) -> Scene:
    stage = await open_stage(database)
    projections = [LiveEvents(), SessionMetrics(), AutoReplies()]
    stage.uow_factory = replace(stage.uow_factory, projections=projections)
    return Scene(stage, await stage.customer(ANA.name or ""))


async def answer_by_hand(uow: UnitOfWork, thread: Thread) -> None:
    await reply(uow, thread, actors.human("Mia"), Content(text="by hand"), cause=Cause.ECHO)


async def end_session(uow: UnitOfWork, thread: Thread) -> None:
    await sessions.end(uow, thread, actors.SYSTEM)


async def test_a_rule_answers_and_staff_sees_it(scene: Scene) -> None:
    await scene.rule()
    await scene.writes("Haiii kak")
    await scene.writes("something else")
    channel = scene.stage.channels[scene.stage.channel_id]
    assert await scene.said() == [("greeting", f"Hello Ana, I am {channel.name}")]
    assert await scene.firings() == ["sent"]
    await scene.stage.deliver()
    shown = [each for each in scene.stage.sender.did("deliver") if "I am" in each]
    assert shown == [
        f"Hello Ana, I am {channel.name}",
        f"Rule greeting: Hello Ana, I am {channel.name}",
    ]
    # It opened nothing, and the customer's message still waits for a person.
    thread = await scene.stage.thread(scene.ana)
    assert (thread.session_number, thread.holder_id) == (1, None)


async def test_what_a_program_sends_is_never_answered(scene: Scene) -> None:
    await scene.rule(match_kind=RuleMatch.PATTERN, pattern=".*")
    for cause in (Cause.SYSTEM_NOTICE, Cause.HISTORY, Cause.PROTOCOL_MESSAGE, Cause.RECEIPT):
        await scene.writes("hello", cause)
    start = IncomingMessage(Content(text="/start"), chat="42", provider_id=new_id())
    channel = scene.stage.channels[scene.stage.channel_id]
    await scene.stage.run_in_uow(lambda uow: handle_start(uow, channel, ANA, start))
    await scene.act(answer_by_hand)
    assert await scene.texts() == ["by hand"]
    assert await scene.firings() == []


async def test_two_programs_do_not_talk_for_ever(scene: Scene) -> None:
    await scene.rule("a", limit_count=3)
    await scene.rule("b", match_kind=RuleMatch.PATTERN, pattern=".*", limit_count=10, priority=-1)
    for _ in range(20):
        await scene.writes("hello")
    assert len(await scene.said()) == 10
    assert [name for name, _ in await scene.said()][:4] == ["a", "a", "a", "b"]
    scene.stage.later(11 * 60)
    await scene.writes("hello")
    assert len(await scene.said()) == 11


async def test_first_messages_and_once_a_session(scene: Scene) -> None:
    await scene.rule(
        "first", match_kind=RuleMatch.FIRST_MESSAGE, reply_message="first", goes_on=True
    )
    await scene.rule("once", is_once_per_session=True, reply_message="once")
    for _ in range(2):
        await scene.writes("hello")
        await scene.writes("hello")
        await scene.act(end_session)
        scene.stage.later(60)
    assert await scene.texts() == ["first", "once"] * 2


async def test_outside_hours(scene: Scene) -> None:
    await scene.rule(match_kind=RuleMatch.OUTSIDE_HOURS, reply_message="closed")
    await scene.writes("a desk without hours is open")
    channel = scene.stage.channels[scene.stage.channel_id]
    closed = replace(channel, hours=parse_hours({"time_zone": "UTC", "week": {}}))
    scene.stage.uow_factory = replace(scene.stage.uow_factory, channels=Channels([closed]))
    await scene.writes("anybody there?")
    assert await scene.texts() == ["closed"]


async def test_a_delay_ends_with_the_answer_or_with_a_persons(scene: Scene) -> None:
    await scene.rule("slow", delay_seconds=60, reply_message="slow")
    await scene.writes("hello")
    await scene.writes("hello?")  # the first answer waits still
    assert len(await scene.timers()) == 1
    scene.stage.later(59)
    await scene.runs_timers()
    assert await scene.said() == []
    scene.stage.later(1)
    await scene.runs_timers()
    await scene.runs_timers()  # as after a crash: it is there once
    assert await scene.texts() == ["slow"]

    await scene.writes("hello again")
    scene.stage.later(1)
    await scene.act(answer_by_hand)
    scene.stage.later(60)
    await scene.runs_timers()
    await scene.writes("hello the last time")
    await scene.act(end_session)
    scene.stage.later(61)
    await scene.runs_timers()
    assert await scene.texts() == ["slow", "by hand"]
    assert await scene.firings() == ["sent", "cancelled", "cancelled"]


async def test_a_person_who_answers_in_one_batch_with_the_timer_is_not_talked_over(
    scene: Scene,
) -> None:
    await scene.rule("slow", delay_seconds=60, reply_message="slow")
    await scene.writes("hello")
    scene.stage.later(60)
    lanes = [each.lane for each in await scene.timers()]

    async def batch(uow: UnitOfWork, thread: Thread) -> None:
        await answer_by_hand(uow, thread)
        rows = await inbox.read_oldest(uow.tx, lanes, 1)
        due = [row for of_lane in rows.values() for row in of_lane]
        for handle in await TimerReceiver({Timer.RULE: handle_rule_timer}).prepare(uow, due):
            await handle()

    await scene.act(batch)
    assert (await scene.texts(), await scene.firings()) == (["by hand"], ["cancelled"])


async def test_a_short_delay_does_not_wait_behind_a_long_one(scene: Scene) -> None:
    await scene.rule("long", delay_seconds=600, reply_message="long", goes_on=True, priority=2)
    await scene.rule("short", delay_seconds=5, reply_message="short", goes_on=True, priority=1)
    await scene.writes("hello")
    assert len({each.lane for each in await scene.timers()}) == 2
    scene.stage.later(5)
    await scene.runs_timers()
    assert await scene.texts() == ["short"]


async def test_nobody_answers(scene: Scene) -> None:
    await scene.rule(
        "sorry", match_kind=RuleMatch.UNANSWERED, delay_seconds=300, reply_message="sorry"
    )
    await scene.rule("greeting", reply_message="hi")
    await scene.writes("hello")
    scene.stage.later(300)
    await scene.runs_timers()
    assert await scene.texts() == ["hi", "sorry"]
    await scene.writes("still there?")
    robot = actors.Actor(actors.ActorKind.AI, "Robot")
    await scene.act(
        lambda uow, thread: reply(
            uow, thread, robot, Content(text="ai"), cause=Cause.AUTOMATIC_TEXT
        )
    )
    scene.stage.later(300)
    await scene.runs_timers()
    assert await scene.texts() == ["hi", "sorry", "ai"]


async def test_what_changed_meanwhile_counts(scene: Scene) -> None:
    off = await scene.rule("off", delay_seconds=10, reply_message="off", goes_on=True)
    await scene.writes("hello")
    async with scene.stage.database.transaction() as tx:
        (await tx.get_one(AutoReplyRule, off)).is_active = False
    scene.stage.later(10)
    await scene.runs_timers()
    assert (await scene.said(), await scene.firings()) == ([], ["cancelled"])


async def test_broken_rules_stop_nobody(scene: Scene) -> None:
    await scene.rule("pattern", match_kind=RuleMatch.PATTERN, pattern="(", priority=3)
    await scene.rule("no words", trigger_keywords=[], priority=2)
    await scene.rule("variable", reply_message="{{nonsense}}x{{first_name}}", priority=1)
    await scene.writes("hello " + "x" * 4990)
    assert await scene.texts() == ["xAna"]


async def test_trying_shows_everything_and_changes_nothing(scene: Scene) -> None:
    await scene.rule("a", delay_seconds=7, priority=1)
    await scene.rule("b")
    await scene.rule("c", trigger_keywords=["bye"], is_active=False)

    async def look(uow: UnitOfWork, thread: Thread) -> None:
        tried = await try_rules(uow, thread, "hello")
        assert [(each.rule.name, each.outcome.value, each.seconds) for each in tried] == [
            ("a", "answers", 7),
            ("b", "stopped", None),
        ]
        assert (tried[0].text or "").startswith("Hello Ana")

    await scene.act(look)
    assert (await scene.said(), await scene.firings()) == ([], [])
    async with scene.stage.database.transaction() as tx:
        known = await get_auto_reply_rules(tx, scene.stage.channel_id)
    assert [each.name for each in known] == ["a", "b"]
