"""Read and write the vectors of the knowledge's texts, and which revision has all of them."""

from base64 import b64decode, b64encode
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table, insert_or_ignore
from db.queries.knowledge.articles import OF_KNOWLEDGE, revisions
from db.tables import KnowledgeEmbedding

embeddings = get_table(KnowledgeEmbedding)

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class KnowledgeState:
    """The revision of the knowledge, the one whose texts have vectors, and the model of these."""

    revision: int = 0
    embedded_revision: int | None = None
    embedding_model: str | None = None


_STATE = select(
    revisions.c.revision, revisions.c.embedded_revision, revisions.c.embedding_model
).where(OF_KNOWLEDGE)


async def read_state(tx: AsyncSession) -> KnowledgeState:
    """Return how often the knowledge has changed, and how far its vectors are."""
    row = (await tx.execute(_STATE)).first()
    return KnowledgeState() if row is None else KnowledgeState(*row)


async def set_embedded(tx: AsyncSession, revision: int, model: str) -> None:
    """Record that all texts of a revision have vectors of a model."""
    done = {"embedded_revision": revision, "embedding_model": model}
    await tx.execute(update(revisions).where(OF_KNOWLEDGE).values(**done))


async def list_hashes(tx: AsyncSession, model: str) -> set[str]:
    """List the texts that have vectors of a model."""
    return set(await tx.scalars(select(embeddings.c.text_hash).where(embeddings.c.model == model)))


async def list_vectors(tx: AsyncSession, model: str, after: str) -> list[tuple[str, bytes]]:
    """Read vectors of a model with the hashes of their texts, in their order, a part at a time."""
    wanted = (
        select(embeddings.c.text_hash, embeddings.c.vector)
        .where(embeddings.c.model == model, embeddings.c.text_hash > after)
        .order_by(embeddings.c.text_hash)
        .limit(_AT_ONCE)
    )
    return [(row[0], b64decode(row[1])) for row in await tx.execute(wanted)]


async def add_vectors(tx: AsyncSession, model: str, vectors: Mapping[str, bytes]) -> None:
    """Add vectors by the hashes of their texts; those that are there stay."""
    rows = [
        {"model": model, "text_hash": text_hash, "vector": b64encode(vector).decode()}
        for text_hash, vector in vectors.items()
    ]
    if rows:
        await tx.execute(insert_or_ignore(tx, embeddings, ("model", "text_hash")), rows)


async def delete_vectors(tx: AsyncSession, model: str, hashes: Collection[str]) -> None:
    """Delete the vectors of other models, and these of a model."""
    await tx.execute(delete(embeddings).where(embeddings.c.model != model))
    ordered = sorted(hashes)
    for begin in range(0, len(ordered), _AT_ONCE):
        some = embeddings.c.text_hash.in_(ordered[begin : begin + _AT_ONCE])
        await tx.execute(delete(embeddings).where(embeddings.c.model == model, some))
