"""A desk with an AI agent, whose time moves only when the scene says so."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import select

from db.database import Database, Transaction
from db.ids import (
    AgentId,
    ArticleId,
    ConversationId,
    MessageId,
    PassageId,
    SessionId,
    UserId,
    new_id,
)
from db.queries.ai.configs import add_ai_agent
from db.queries.conversations.threads import Thread
from db.queries.knowledge.embeddings import KnowledgeState
from db.queues import inbox, jobs
from db.tables import (
    Agent,
    AgentKind,
    AgentLevel,
    AgentStatus,
    AiAction,
    AiConversationLog,
    AiTakeover,
    AiTurn,
    AuditEntry,
    AutoReplyRule,
    Conversation,
    ConversationHandover,
    Inbox,
    JobKind,
    OutboxKind,
    Role,
    RuleMatch,
    User,
)
from desk.actors import AgentActor, human_agent
from desk.ai.gate import AiTurns
from desk.ai.turns.job import TurnRunner
from desk.ai.turns.thinking import AnswersWithModel, Thinker
from desk.auto_replies.projection import AutoReplies
from desk.causes import Cause
from desk.channel_traits import DEFAULT_TRAITS, ChannelTraits
from desk.content import Content, IncomingMessage, Person
from desk.conversations.session_timers import SessionTimers
from desk.jobs.ports import RunningJob
from desk.knowledge.ports import EVERYTHING, FoundPassage, SearchResult, SearchScope
from desk.live.projection import LiveEvents
from desk.messages.from_api import reply_from_api
from desk.messages.inbound import receive_message
from desk.receiving.timers import TimerReceiver
from desk.unit_of_work import UnitOfWork
from desk.unit_of_work_factory import UnitOfWorkFactory
from scripts.application.timers import list_timers
from tests.desk.stage import Stage, open_stage, thread_of

T = TypeVar("T")
ANA = Person("42", "Ana", language="en")
HOURS = FoundPassage(PassageId("p1"), ArticleId("a1"), "Opening hours", "We open at 9.", "en", 3.0)
PRICES = FoundPassage(PassageId("p2"), ArticleId("a2"), "Prices", "It costs Rp10,000.", "en", 2.0)


@dataclass
class KnownAnswers:
    """A knowledge that finds what a test says, as sure as it says."""

    passages: tuple[FoundPassage, ...] = (HOURS, PRICES)
    confidence: float = 0.9
    questions: list[str] = field(default_factory=list)
    # Runs while the search is under way, with no transaction open.
    meanwhile: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    @property
    def threshold(self) -> float:
        return 0.5

    async def search(
        self,
        question: str,
        *,
        language: str | None,
        limit: int = 3,
        scope: SearchScope = EVERYTHING,
        session_id: SessionId | None = None,
        state: KnowledgeState | None = None,
    ) -> SearchResult:
        self.questions.append(question)
        if self.meanwhile:
            await self.meanwhile.pop(0)()
        found = self.passages[:limit]
        return SearchResult(found, found, self.confidence if found else 0.0, language, 1)

    async def find_passage(self, passage_id: PassageId) -> FoundPassage | None:
        return next((each for each in self.passages if each.passage_id == passage_id), None)


@dataclass
class TurnScene:
    stage: Stage
    knowledge: KnownAnswers
    aria: AgentId
    mia: AgentActor
    model: AnswersWithModel | None = None

    # What people do

    async def says(self, text: str, *, kind: Any = None, choice: str | None = None) -> None:
        """Let the customer write."""
        attributes = None if choice is None else {"choice": choice}
        content = kind or Content(text=text, attributes=attributes)

        async def work(uow: UnitOfWork) -> None:
            channel = uow.channels[self.stage.channel_id]
            said = IncomingMessage(content, "42", new_id())
            await receive_message(uow, channel, ANA, said, Cause.MESSAGE)

        await self.stage.run_in_uow(work)

    async def answers(self, text: str) -> None:
        """Let the human agent answer."""

        await self.does(
            lambda uow, thread: reply_from_api(uow, thread, self.mia, Content(text=text))
        )

    async def does(self, work: Callable[[UnitOfWork, Thread], Awaitable[T]]) -> T:
        """Do something in the conversation."""

        conversation_id = await self.conversation_id()

        async def whole(uow: UnitOfWork) -> T:
            return await work(uow, await thread_of(uow, conversation_id))

        return await self.stage.run_in_uow(whole)

    async def conversation_id(self) -> ConversationId:
        async with self.stage.database.transaction() as tx:
            found: ConversationId = (await tx.execute(_CONVERSATION)).scalar_one()
            return found

    async def thread(self) -> Thread:
        return await self.stage.thread(await self.conversation_id())

    # Time

    async def passes(self, seconds: float, *, thinks: bool = True) -> None:
        """Let time pass: timers run when they are due, and jobs after them."""
        end = self.stage.now + timedelta(seconds=seconds)
        if thinks:
            await self.think()
        while (due := await self._next_timer()) is not None and due <= end:
            self.stage.later(max(0.0, (due - self.stage.now).total_seconds()))
            await self.stage.database.run(self._run_timers)
            if thinks:
                await self.think()
        self.stage.later((end - self.stage.now).total_seconds())

    async def _next_timer(self) -> Any:
        async with self.stage.database.transaction() as tx:
            wanted = select(Inbox.due_at).where(Inbox.state == "pending")
            return await tx.scalar(wanted.order_by(Inbox.due_at).limit(1))

    async def answers_as_timers_fire(self, text: str, seconds: float) -> None:
        """Let the human answer when so much time has passed, in one batch with the due timers."""
        self.stage.later(seconds)
        conversation_id = await self.conversation_id()

        async def batch(uow: UnitOfWork) -> None:
            thread = await thread_of(uow, conversation_id)
            await reply_from_api(uow, thread, self.mia, Content(text=text))
            await self._handle_due(uow)

        await self.stage.run_in_uow(batch)

    async def _run_timers(self, tx: Transaction) -> None:
        uow = self.stage.uow_factory.create(tx, self.stage.now)
        await self._handle_due(uow)

    async def _handle_due(self, uow: UnitOfWork) -> None:
        tx = uow.tx
        names = (await tx.scalars(select(Inbox.lane).where(Inbox.state == "pending"))).all()
        found = await inbox.read_oldest(tx, sorted(set(names)), 5)
        due = [row for rows in found.values() for row in rows if row.due_at <= self.stage.now]
        for handle in await TimerReceiver(list_timers()).prepare(uow, due):
            await handle()
        await uow.flush()
        await inbox.settle(tx, [row.id for row in due], self.stage.now)

    async def claim_jobs(self) -> list[jobs.ClaimedJob]:
        now = self.stage.now
        return await self.stage.database.run(
            lambda tx: jobs.claim(tx, [JobKind.AI_TURN], now, now + timedelta(seconds=20), most=9)
        )

    async def think(self) -> None:
        """Run the jobs of turns that are due."""
        for job in await self.claim_jobs():
            if not (await self.run_job(job)).is_settled:
                await self.stage.database.run(
                    lambda tx, job=job: jobs.finish(tx, job, self.stage.now, None)  # type: ignore[misc]
                )

    async def run_job(self, job: jobs.ClaimedJob, prepared: object = None) -> RunningJob:
        runner = TurnRunner(StageTransactions(self.stage), Thinker(self.knowledge, self.model))
        running = RunningJob(job, asyncio.Event(), prepared)
        await runner.run_job(running, job.payload)
        return running

    # What is there afterwards

    async def sent(self, kind: OutboxKind = OutboxKind.ANSWER) -> list[str]:
        """List what was sent to the customer (or as another kind), in order."""
        return [
            row.payload["content"]["text"]
            for row in await self.stage.outbox()
            if row.kind is kind and "content" in row.payload
        ]

    async def turns(self) -> list[AiTurn]:
        return await self._list(AiTurn)

    async def logs(self) -> list[AiConversationLog]:
        return await self._list(AiConversationLog)

    async def audit(self) -> list[AuditEntry]:
        return await self._list(AuditEntry)

    async def actions(self) -> list[AiAction]:
        return [each.action for each in await self.logs()]

    async def handovers(self) -> list[tuple[str | None, str | None]]:
        names = {self.aria: "aria", self.mia.agent_id: "mia", None: None}
        rows = await self._list(ConversationHandover)
        return [(names[each.from_agent_id], names[each.to_agent_id]) for each in rows]

    async def _list(self, table: Any) -> list[Any]:
        async with self.stage.database.transaction() as tx:
            return list((await tx.scalars(select(table).order_by(table.id))).all())

    async def holder(self) -> str | None:
        return (await self.thread()).holder_name

    async def add_rule(self, word: str, reply: str, *, goes_on: bool) -> None:
        """Let a rule answer messages with a word."""
        rule = AutoReplyRule(
            channel_id=self.stage.channel_id,
            name=word,
            match_kind=RuleMatch.WORD,
            trigger_keywords=[word],
            reply_message=reply,
            goes_on=goes_on,
        )
        async with self.stage.database.transaction() as tx:
            tx.add(rule)

    async def set_config(self, **values: Any) -> None:
        await self.stage.change("agent_ai_configs", **values)


_CONVERSATION = select(Conversation.id)


class StageTransactions:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    async def run(self, work: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        return await self._stage.run_in_uow(work)


async def open_scene(
    database: Database,
    *,
    takeover: AiTakeover = AiTakeover.IMMEDIATE,
    minutes: int = 5,
    online: bool = True,
    traits: ChannelTraits = DEFAULT_TRAITS,
    **config: Any,
) -> TurnScene:
    """Open a desk with the AI agent Aria and the human agent Mia."""
    stage = await open_stage(database, traits)
    served = replace(
        stage.channels[stage.channel_id], ai_takeover=takeover, ai_takeover_minutes=minutes
    )
    stage.channels.replace_all([served])
    projections = [LiveEvents(), SessionTimers(), AutoReplies(), AiTurns()]
    stage.uow_factory = UnitOfWorkFactory(stage.channels, projections)
    user_id, agent_id = UserId(new_id()), AgentId(new_id())
    async with database.transaction() as tx:
        user = User(id=user_id, name="Mia", email="mia@x.org", password_hash="-", role=Role.CS)
        tx.add(user)
        await tx.flush()
        status = AgentStatus.ONLINE if online else AgentStatus.OFFLINE
        tx.add(Agent(id=agent_id, kind=AgentKind.HUMAN, name="Mia", user_id=user_id, status=status))
        aria = await add_ai_agent(
            tx, "Aria", level=AgentLevel.BASIC, capacity=1000, values=config, now=stage.now
        )
    mia = human_agent("Mia", agent_id, user_id, Role.CS)
    return TurnScene(stage, KnownAnswers(), aria, mia)


def message_ids(turns: list[AiTurn]) -> list[MessageId | None]:
    return [each.message_id for each in turns]
