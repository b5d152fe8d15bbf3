"""Sets up an AI agent with articles on the channel of a benchmark's bot."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database, Transaction
from db.queries.ai.configs import add_ai_agent
from db.queries.channels import channels as channel_queries
from db.tables import AgentLevel, AiTakeover, ChannelKind
from db.tables.base import now_utc
from desk.accounts.encryption import Encryptor
from desk.knowledge.writing import ArticleDraft, add_article

_CAPACITY = 10_000
_ARTICLES = 100
_MINUTES = 1440
# The one that answers; the others are there to be searched.
QUESTION = "When does a session end by itself?"
ANSWER = "A session ends by itself after one day without a message."


@dataclass(frozen=True, slots=True)
class _Writing:
    tx: Transaction
    now: datetime


async def add_channel(
    database: Database, *, token: str, group: int, secret: str, takeover: AiTakeover
) -> None:
    """Add the bot's channel, an AI agent and a hundred articles."""

    async def work(tx: AsyncSession) -> None:
        channel = await channel_queries.save_channel(
            tx,
            ChannelKind.TELEGRAM,
            token.partition(":")[0],
            credentials=Encryptor(secret).encrypt({"token": token}),
            staff_groups=[str(group)],
        )
        channel.ai_takeover, channel.ai_takeover_minutes = takeover, _MINUTES
        channel.ai_reply_limit = _CAPACITY
        await add_ai_agent(
            tx, "Aria", level=AgentLevel.BASIC, capacity=_CAPACITY, values={}, now=now_utc()
        )
        writing = _Writing(tx, now_utc())
        await add_article(writing, ArticleDraft("Sessions", ANSWER, "en"))
        for number in range(_ARTICLES - 1):
            text = f"Product {number} costs {number + 10} dollars and is sent on the next day."
            await add_article(writing, ArticleDraft(f"Product {number}", text, "en"))

    await database.run(work)
