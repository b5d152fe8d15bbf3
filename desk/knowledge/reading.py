"""Read all passages of active articles, in many short transactions."""

from dataclasses import dataclass

from db.database import Database, Transaction
from db.ids import ArticleId
from db.queries.knowledge import articles as queries
from db.queries.knowledge import embeddings
from db.queries.knowledge.articles import IndexedPassage

# Passages that are read in one transaction.
_READ_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """A passage, and its typical questions."""

    passage: IndexedPassage
    questions: tuple[str, ...]


async def read_passages(database: Database) -> list[ReadPassage]:
    """Read all passages with their typical questions, article by article."""
    read: list[ReadPassage] = []
    after: tuple[ArticleId, int] | None = None

    async def read_part(tx: Transaction) -> tuple[ArticleId, int] | None:
        rows = await queries.list_indexed(tx, after, _READ_AT_ONCE)
        typical = await queries.read_typical_questions(tx, [each.passage_id for each, _ in rows])
        read.extend(ReadPassage(each, tuple(typical.get(each.passage_id, ()))) for each, _ in rows)
        if len(rows) < _READ_AT_ONCE:
            return None
        last, position = rows[-1]
        return last.article_id, position

    while (after := await database.run(read_part)) is not None:
        pass
    return read


async def read_vectors(database: Database, model: str) -> dict[str, bytes]:
    """Read all vectors of a model, by the hashes of their texts."""
    vectors: dict[str, bytes] = {}
    after = ""

    async def read_part(tx: Transaction) -> list[tuple[str, bytes]]:
        return await embeddings.list_vectors(tx, model, after)

    while rows := await database.run(read_part):
        vectors |= dict(rows)
        after = rows[-1][0]
    return vectors
