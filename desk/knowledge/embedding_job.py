"""The job that has vectors made of all texts of the knowledge that have none of this model yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from db.database import Database, Transaction
from db.queries.knowledge import embeddings
from db.tables import JobKind
from desk.jobs.ports import RunningJob
from desk.jobs.retry_policy import JobRefusedError, RetryPolicy
from desk.knowledge.embedded_texts import hash_text, list_texts
from desk.knowledge.ports import EmbeddingFailedError, TextEmbedder
from desk.knowledge.reading import read_passages

# Texts of one call, and its seconds.
_AT_ONCE, _SECONDS = 64, 60.0
_RETRY_POLICY = RetryPolicy(max_attempts=8, first_delay=2.0)


@dataclass(frozen=True, slots=True)
class EmbedKnowledge:
    """Have vectors made of what has none."""

    kind: ClassVar[JobKind] = JobKind.EMBED_KNOWLEDGE

    @property
    def dedup_key(self) -> str:
        return str(self.kind)

    def to_json(self) -> dict[str, Any]:
        return {}


class EmbeddingHandler:
    """Asks for vectors and stores them; one that begins again asks for those that are missing."""

    retry_policy = _RETRY_POLICY

    def __init__(self, database: Database, embedder: TextEmbedder) -> None:
        self._database = database
        self._embedder = embedder

    def parse(self, _: Mapping[str, Any]) -> EmbedKnowledge:
        return EmbedKnowledge()

    async def run(self, job: RunningJob, _: EmbedKnowledge) -> Mapping[str, Any]:
        """Bring the vectors up to the present revision; raise JobRefusedError if there is no model.

        What changes meanwhile is left to the next job.
        """
        model = self._embedder.model
        if model is None:
            raise JobRefusedError("no model for embeddings is set (OPENAI_EMBEDDING_MODEL)")
        # First: what changes while the texts are read has a later revision.
        state = await self._database.run(embeddings.read_state)
        texts = {
            hash_text(text): text
            for each in await read_passages(self._database)
            for text in list_texts(each.passage.title, each.passage.text, each.questions)
        }
        known = await self._database.run(lambda tx: embeddings.list_hashes(tx, model))
        missing = sorted(texts.keys() - known)
        for begin in range(0, len(missing), _AT_ONCE):
            some = missing[begin : begin + _AT_ONCE]
            vectors = await self._embed([texts[each] for each in some])
            packed = dict(zip(some, vectors, strict=True))
            await self._keep(job, model, packed, begin + len(some), len(missing))
        await self._finish(job, model, state.revision, known - texts.keys())
        return {"model": model, "texts": len(texts), "made": len(missing)}

    async def _embed(self, texts: Sequence[str]) -> list[bytes]:
        # Imported now: a desk without AI agents has no index.
        from desk.knowledge.search.vectors import pack_vector  # noqa: PLC0415

        try:
            vectors = await self._embedder.embed(texts, seconds=_SECONDS)
        except EmbeddingFailedError as error:
            if error.is_final:
                raise JobRefusedError(str(error)) from None
            raise
        return [pack_vector(each) for each in vectors]

    async def _keep(
        self, job: RunningJob, model: str, vectors: Mapping[str, bytes], done: int, total: int
    ) -> None:
        async def work(tx: Transaction) -> None:
            await job.ensure_held(tx)
            await embeddings.add_vectors(tx, model, vectors)
            await job.report(tx, {"done": done, "total": total})

        await self._database.run(work)

    async def _finish(self, job: RunningJob, model: str, revision: int, unused: set[str]) -> None:
        async def work(tx: Transaction) -> None:
            await job.ensure_held(tx)
            await embeddings.delete_vectors(tx, model, unused)
            await embeddings.set_embedded(tx, revision, model)

        await self._database.run(work)
