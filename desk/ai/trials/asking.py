"""Try an AI agent with a question, or with the questions of past sessions."""

import asyncio
import time
from dataclasses import dataclass, replace

from db.ids import AgentId, ClientId, MessageId, SessionId, new_id
from db.queries.ai.configs import AiAgentRow, get_agent_ai_config
from db.queries.ai.logs import PastQuestion, list_past_questions
from db.queries.lists.keyset import PageStart
from db.tables import AgentAiConfig, AiAction, AiConversationLog
from desk.ai.config import AiConfig, to_config
from desk.ai.errors import UnknownAiAgentError
from desk.ai.trials.past_turns import TRIAL_SECONDS, read_past_material
from desk.ai.trials.results import ConfigChanges, ReplayedTurn, ReplayPage, TriedAnswer
from desk.ai.turns.logs import settle_tokens
from desk.ai.turns.pleasantries import Pleasantry
from desk.ai.turns.thinking import Thinker
from desk.ai.turns.thought import Material, SaidMessage, Thought
from desk.texts import translate
from desk.transactions import RunsTransactions
from desk.unit_of_work import UnitOfWork

# Questions that are thought about at once, so that a trial leaves room for customers.
_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Trials:
    """Tries AI agents; tokens count for the day, and nothing else is written."""

    transactions: RunsTransactions
    thinker: Thinker

    async def ask(
        self, agent_id: AgentId, question: str, language: str | None, changes: ConfigChanges
    ) -> TriedAnswer:
        """Ask an AI agent a question, as a new customer would; raise UnknownAiAgentError."""

        async def read(uow: UnitOfWork) -> Material:
            config = await _load_config(uow, agent_id, changes)
            return _build_material(config, question, language, uow.staff_language)

        return await self._try(await self.transactions.run(read))

    async def replay(
        self, agent_id: AgentId, changes: ConfigChanges, *, start: PageStart | None, limit: int
    ) -> ReplayPage:
        """Ask the questions of past sessions again, newest first; raise UnknownAiAgentError."""
        has_more = False

        async def read(uow: UnitOfWork) -> list[tuple[PastQuestion, Material]]:
            nonlocal has_more
            config = await _load_config(uow, agent_id, changes)
            found = await list_past_questions(uow.tx, agent_id, start=start, limit=limit)
            has_more = len(found) > limit
            return [(each, await read_past_material(uow, each, config)) for each in found[:limit]]

        places = asyncio.Semaphore(_AT_ONCE)

        async def think(past: PastQuestion, material: Material) -> ReplayedTurn:
            async with places:
                return _to_replayed(past.log, await self._try(material))

        read_turns = await self.transactions.run(read)
        turns = await asyncio.gather(*(think(past, material) for past, material in read_turns))
        return ReplayPage(turns, has_more=has_more)

    async def _try(self, material: Material) -> TriedAnswer:
        began = time.monotonic()
        thought = await self.thinker.think(material)
        seconds = time.monotonic() - began
        await settle_tokens(self.transactions, thought)

        async def to_tried(uow: UnitOfWork) -> TriedAnswer:
            return _to_tried(uow, material, thought, seconds)

        return await self.transactions.run(to_tried)


async def _load_config(uow: UnitOfWork, agent_id: AgentId, changes: ConfigChanges) -> AiConfig:
    row = await get_agent_ai_config(uow.tx, agent_id)
    if row is None or row.is_deleted:
        raise UnknownAiAgentError
    return to_config(_change(row, changes))


def _change(row: AiAgentRow, changes: ConfigChanges) -> AiAgentRow:
    """Return an agent's row with a changed copy of its configuration, which is not stored."""
    config = AgentAiConfig(**{**row.config.model_dump(), **changes.columns})
    return replace(row, config=config, level=changes.level or row.level)


def _build_material(
    config: AiConfig, question: str, language: str | None, staff_language: str
) -> Material:
    said = SaidMessage(MessageId(new_id()), True, None, "", question)
    return Material(
        config=config,
        history=(said,),
        burst=(said,),
        language=language,
        staff_language=staff_language,
        customer_name="",
        channel_name="",
        replies=0,
        reply_limit=0,
        complaints=0,
        choice=None,
        remaining=TRIAL_SECONDS,
        session_id=SessionId(new_id()),
        client_id=ClientId(new_id()),
    )


def _to_tried(uow: UnitOfWork, material: Material, thought: Thought, seconds: float) -> TriedAnswer:
    return TriedAnswer(
        action=thought.action,
        text=_find_words(material, thought),
        reason=thought.reason.say(uow) if thought.reason else "",
        confidence=thought.confidence,
        passages=thought.passages,
        choices=[str(each["title"]) for each in thought.offers],
        model=thought.cost.model,
        tokens_in=thought.cost.tokens_in,
        tokens_out=thought.cost.tokens_out,
        cost=thought.cost.cost,
        seconds=seconds,
    )


def _find_words(material: Material, thought: Thought) -> str:
    """Return the words that the customer would read; the desk's own, where there are no others."""
    if thought.text or thought.action is AiAction.HANDOVER:
        return thought.text
    key = thought.note if thought.note in set(Pleasantry) else "offer"
    return translate(material.language or material.staff_language, f"ai.{key}")


def _to_replayed(log: AiConversationLog, after: TriedAnswer) -> ReplayedTurn:
    before = TriedAnswer(
        action=log.action,
        text=log.ai_response or "",
        reason=log.handover_reason or "",
        confidence=log.confidence_score,
        passages=log.used_knowledge,
        model=log.model,
        tokens_in=log.tokens_in,
        tokens_out=log.tokens_out,
        cost=log.cost,
        seconds=log.duration_ms / 1000,
    )
    return ReplayedTurn(
        log.id, log.session_id, log.message_id, log.created_at, log.user_message, before, after
    )
