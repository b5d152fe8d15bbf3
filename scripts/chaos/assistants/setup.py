"""Sets up an AI agent that answers first on every channel, and auto-reply rules beside it."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.ids import ChannelId
from db.queries.ai.configs import add_ai_agent
from db.queries.channels import channels as channel_queries
from db.tables import AgentLevel, AiTakeover, AutoReplyRule, RuleMatch
from db.tables.base import now_utc
from db.url import parse_database_url
from sandbox.openai.client import OpenAISandbox
from scripts.chaos.assistants.questions import ANSWER, LATER, NOW, NOW_ALONE, WORD

_CAPACITY = 1000
_NO_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class PlannedRule:
    """A rule of each channel; its text names it."""

    name: str
    word: str
    delay_seconds: int = 0
    goes_on: bool = True
    match_kind: RuleMatch = RuleMatch.WORD

    @property
    def text(self) -> str:
        """Return what it sends."""
        return f"The rule {self.name} answers."


RULES = (
    PlannedRule("now", NOW),
    PlannedRule("alone", NOW_ALONE, goes_on=False),
    PlannedRule("later", LATER, delay_seconds=3),
    # Answers only what neither a person nor the AI agent has answered.
    PlannedRule("silence", "", delay_seconds=6, match_kind=RuleMatch.UNANSWERED),
)


async def set_up_assistants(url: str, model: OpenAISandbox) -> None:
    """Add the agent and the rules before a desk starts; tell the model its answer."""
    database = Database(parse_database_url(url))
    try:
        await database.run(_add_all)
    finally:
        await database.close()
    answer = {"action": "clarify", "text": ANSWER, "confidence": 0.9, "language": "en"}
    await model.answers(answer, echo=WORD.pattern, times=0)


async def _add_all(tx: AsyncSession) -> None:
    await add_ai_agent(
        tx, "Aria", level=AgentLevel.BASIC, capacity=_CAPACITY, values={}, now=now_utc()
    )
    for channel in await channel_queries.list_all(tx):
        channel.ai_takeover = AiTakeover.IMMEDIATE
        # After a human's answer it goes on with the customer's next message.
        channel.ai_takeover_minutes, channel.ai_reply_limit = 0, _NO_LIMIT
        tx.add_all(_build_rules(channel.id))


def _build_rules(channel_id: ChannelId) -> Iterator[AutoReplyRule]:
    for rule in RULES:
        yield AutoReplyRule(
            channel_id=channel_id,
            name=rule.name,
            match_kind=rule.match_kind,
            trigger_keywords=[rule.word] if rule.word else [],
            reply_message=rule.text,
            delay_seconds=rule.delay_seconds,
            goes_on=rule.goes_on,
            limit_count=_NO_LIMIT,
        )
