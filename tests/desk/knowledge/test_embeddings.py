"""Vectors of a compatible server beside the words, on both engines: made, mixed, missing."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from db.ids import SessionId, new_id
from db.queries.ai.budgets import list_days
from db.queries.knowledge import embeddings
from db.queues import jobs
from db.tables import Job, JobKind, KnowledgeEmbedding
from db.tables.base import now_utc
from desk.ai.model.budget import Budget, BudgetLimits, read_session_tokens
from desk.jobs.ports import RunningJob
from desk.jobs.retry_policy import JobRefusedError
from desk.knowledge.embedding_job import EmbeddingHandler, EmbedKnowledge
from desk.knowledge.knowledge_base import KnowledgeBase
from desk.knowledge.ports import EmbeddingFailedError, SearchScope
from desk.knowledge.writing import ArticleDraft, TypicalQuestion
from sandbox.app import serve
from sandbox.openai.client import OpenAISandbox
from sandbox.openai.completions import count_tokens
from scripts.application.model_source import ModelEmbedder, ModelSource
from scripts.configuration.settings import Settings
from tests.desk.knowledge.test_writing import change, create
from tests.desk.stage import Stage

MODEL = "text-embedding-3-small"
PAY = ArticleDraft(
    "Payment methods",
    "Cards and QRIS are welcome.\n\nThe invoice comes by email.",
    "en",
    ("shop",),
    (TypicalQuestion(1, "Where is my invoice?"),),
)
HOURS = ArticleDraft("Opening hours", "We open at nine.\n\nOn Sunday the shop is closed.", "en")
# Words find nothing for it; the stand-in's vectors are of parts of words.
JOINED = "paymentmethods"


@dataclass
class Scene:
    stage: Stage
    server: OpenAISandbox
    embedder: ModelEmbedder
    knowledge: KnowledgeBase

    async def find(self, question: str, **more: Any) -> list[str]:
        found = await self.knowledge.search(question, language="en", **more)
        return [each.title for each in found.articles]

    async def run_job(self) -> Mapping[str, Any]:
        """Run the job that is open."""
        now = self.stage.now

        async def claim(tx: Any) -> list[jobs.ClaimedJob]:
            kinds, until = [JobKind.EMBED_KNOWLEDGE], now + timedelta(days=36_500)
            return await jobs.claim(tx, kinds, until, until + timedelta(days=1), most=5)

        [job] = await self.stage.database.run(claim)
        handler = EmbeddingHandler(self.stage.database, self.embedder)
        try:
            done = await handler.run(RunningJob(job, None), EmbedKnowledge())  # type: ignore[arg-type] # nothing stops it
        except (EmbeddingFailedError, JobRefusedError):
            await self.stage.database.run(lambda tx: jobs.give_up(tx, job, now, "failed"))
            raise
        await self.stage.database.run(lambda tx: jobs.finish(tx, job, now, done))
        return done

    async def open_jobs(self) -> int:
        async with self.stage.database.transaction() as tx:
            return len((await tx.scalars(select(Job).where(Job.dedup_key.is_not(None)))).all())

    async def stored(self) -> set[tuple[str, str]]:
        async with self.stage.database.transaction() as tx:
            rows = await tx.scalars(select(KnowledgeEmbedding))
            return {(each.model, each.text_hash) for each in rows}

    async def asked(self) -> list[str]:
        """List the texts of which the server has made vectors."""
        calls = await self.server.calls("embeddings")
        return [text for each in calls if each["status"] == 200 for text in each["body"]["input"]]


@asynccontextmanager
async def open_scene(stage: Stage, model: str = MODEL, **more: Any) -> AsyncIterator[Scene]:
    async with serve() as running, OpenAISandbox(running.url) as server:
        chosen: dict[str, Any] = {"openai_base_url": server.api_url, **more}
        settings = Settings(_env_file=None, openai_embedding_model=model, **chosen)
        models = ModelSource(settings)
        embedder = ModelEmbedder(settings, models, stage.database)
        try:
            yield Scene(stage, server, embedder, KnowledgeBase(stage.database, embedder))
        finally:
            await models.close()


async def test_vectors_are_made_by_a_job_and_count_beside_the_words(stage: Stage) -> None:
    async with open_scene(stage) as scene:
        assert await scene.find(JOINED) == []
        assert await scene.open_jobs() == 0  # there is nothing to make vectors of
        pay = await create(stage, PAY)
        await create(stage, HOURS)
        assert await scene.find(JOINED) == []
        assert await scene.find("when do you open?") == ["Opening hours"]
        assert await scene.open_jobs() == 1
        assert await scene.asked() == []

        assert await scene.run_job() == {"model": MODEL, "texts": 5, "made": 5}
        assert (await scene.find(JOINED))[0] == "Payment methods"
        assert (await scene.find("when do you open?"))[0] == "Opening hours"
        assert await scene.find(JOINED, scope=SearchScope(["garden"])) == []
        assert await scene.open_jobs() == 0
        state = await stage.database.run(embeddings.read_state)
        assert (state.embedded_revision, state.embedding_model) == (state.revision, MODEL)

        # Only what is new gets a vector, and what is gone loses its own.
        before = len(await scene.asked())
        await change(stage, pay, text="Cards and QRIS are welcome.\n\nThe bill is printed.")
        assert (await scene.find(JOINED))[0] == "Payment methods"  # by the vectors that are left
        assert await scene.run_job() == {"model": MODEL, "texts": 5, "made": 1}
        made = [each for each in (await scene.asked())[before:] if "\n\n" in each]
        assert made == ["Payment methods\n\nThe bill is printed."]
        assert len(await scene.stored()) == 5


async def test_another_model_makes_all_vectors_again(stage: Stage) -> None:
    await create(stage, PAY)
    async with open_scene(stage) as scene:
        await scene.find("invoice")
        await scene.run_job()
    async with open_scene(stage, "another") as scene:
        # Vectors of the former model are never compared with its own.
        assert await scene.find(JOINED) == []
        assert await scene.run_job() == {"model": "another", "texts": 3, "made": 3}
        assert await scene.find(JOINED) == ["Payment methods"]
        assert {model for model, _ in await scene.stored()} == {"another"}


@pytest.mark.parametrize(
    "fault",
    [{"status": 500}, {"status": 429}, {"kind": "html"}, {"kind": "cut"}, {"kind": "drop_before"}],
    ids=str,
)
async def test_without_the_server_words_alone_decide(stage: Stage, fault: dict[str, Any]) -> None:
    await create(stage, PAY)
    async with open_scene(stage) as scene:
        await scene.find("invoice")
        await scene.run_job()
        await scene.server.fault(**{"kind": "error", **fault}, call="embeddings")
        assert await scene.find(JOINED) == []
        assert await scene.find("Where is my invoice?") == ["Payment methods"]


async def test_a_job_that_fails_goes_on_where_it_was(stage: Stage) -> None:
    many = "\n\n".join(f"Passage number {each} of this." for each in range(150))
    await create(stage, replace(PAY, text=many, questions=()))
    async with open_scene(stage) as scene:
        await scene.find("invoice")
        await scene.server.fault(call="embeddings", text="number 77 ", status=503)
        with pytest.raises(EmbeddingFailedError):
            await scene.run_job()
        # Another process, which has not asked yet, has the job tried again.
        scene.knowledge = KnowledgeBase(stage.database, scene.embedder)
        await scene.find("invoice")
        assert (await scene.run_job())["texts"] == 150
        made = [each for each in await scene.asked() if "\n\n" in each]
        assert (len(made), len(set(made))) == (150, 150)

        await create(stage, HOURS)
        await scene.find("invoice")
        await scene.server.fault(call="embeddings", status=401)
        with pytest.raises(JobRefusedError, match="misconfigured"):
            await scene.run_job()


async def test_their_tokens_count_for_the_day_and_those_of_a_question_for_its_session(
    stage: Stage,
) -> None:
    await create(stage, PAY)
    today = now_utc().date()

    async def use() -> tuple[int, float]:
        [day] = await stage.database.run(lambda tx: list_days(tx, today, today))
        return day.tokens, day.cost

    async with open_scene(stage, ai_prices=f"{MODEL}=100/0") as scene:
        await scene.find("invoice")
        await scene.run_job()
        await scene.find(JOINED)
        calls = await scene.server.calls("embeddings")
        counted = sum(count_tokens(text) for each in calls for text in each["body"]["input"])
        assert len(calls) == 2
        assert await use() == (counted, pytest.approx(counted / 10_000))
        # The vector of a customer's question counts for their session, too.
        session_id = SessionId(new_id())
        await scene.find(JOINED, session_id=session_id)
        budget = Budget(session_id, today, BudgetLimits())
        used = await stage.database.run(lambda tx: read_session_tokens(tx, budget))
        assert used == count_tokens(JOINED)
        counted += used
    await create(stage, HOURS)
    async with open_scene(stage, ai_tokens_per_day=counted + 1) as scene:
        # What does not fit is not asked for: words alone decide, and the job waits.
        assert await scene.find("Where is my invoice?") == ["Payment methods"]
        with pytest.raises(EmbeddingFailedError, match="day_budget"):
            await scene.run_job()
        assert await scene.server.calls("embeddings") == []
    assert (await use())[0] == counted
