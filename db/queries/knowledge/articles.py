"""Read and change articles and their passages."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table, insert_or_ignore
from db.ids import ArticleId, KnowledgeQuestionId, PassageId
from db.queries.lists.keyset import PageStart, paginate
from db.tables import (
    KnowledgeArticle,
    KnowledgePassage,
    KnowledgeQuestion,
    KnowledgeRevision,
    QuestionState,
)

articles = get_table(KnowledgeArticle)
passages = get_table(KnowledgePassage)
questions = get_table(KnowledgeQuestion)
revisions = get_table(KnowledgeRevision)

_ONLY = "knowledge"
OF_KNOWLEDGE = revisions.c.name == _ONLY
_READ_REVISION = select(revisions.c.revision).where(OF_KNOWLEDGE)


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A passage with its typical questions."""

    id: PassageId
    text: str
    questions: tuple[tuple[KnowledgeQuestionId, str], ...] = ()


async def read_revision(tx: AsyncSession) -> int:
    """Return how often the knowledge has changed."""
    return await tx.scalar(_READ_REVISION) or 0


async def next_revision(tx: AsyncSession) -> int:
    """Count a change of the knowledge; other changes wait until this transaction ends."""
    await tx.execute(insert_or_ignore(tx, revisions, ("name",)), [{"name": _ONLY, "revision": 0}])
    mine = update(revisions).where(OF_KNOWLEDGE)
    await tx.execute(mine.values(revision=revisions.c.revision + 1))
    return await read_revision(tx)


async def list_articles(
    tx: AsyncSession,
    *,
    start: PageStart | None,
    limit: int,
    language: str | None = None,
    is_active: bool | None = None,
    words: str | None = None,
) -> list[KnowledgeArticle]:
    """Read a page of articles and one more, newest first; `words`: in title or text."""
    statement: Select[Any] = select(KnowledgeArticle)
    if language is not None:
        statement = statement.where(articles.c.language == language)
    if is_active is not None:
        statement = statement.where(articles.c.is_active == is_active)
    if words:
        columns = (articles.c.title, articles.c.text)
        statement = statement.where(
            or_(*(each.icontains(words, autoescape=True) for each in columns))
        )
    paged = paginate(statement, articles.c.created_at, articles.c.id, start=start, limit=limit)
    return list((await tx.scalars(paged)).all())


async def find_article(
    tx: AsyncSession, article_id: ArticleId, *, lock: bool = False
) -> KnowledgeArticle | None:
    """Read an article; with `lock`, hold its row until the commit."""
    wanted = select(KnowledgeArticle).where(articles.c.id == article_id)
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    return (await tx.scalars(wanted)).first()


async def list_of_source(tx: AsyncSession, source: str) -> list[KnowledgeArticle]:
    """Read the articles that were imported from a source, in the order of the import."""
    wanted = select(KnowledgeArticle).where(articles.c.source == source).order_by(articles.c.id)
    return list((await tx.scalars(wanted.with_for_update())).all())


async def count_articles(tx: AsyncSession) -> int:
    """Count all articles."""
    return await tx.scalar(select(func.count()).select_from(articles)) or 0


async def delete_article(tx: AsyncSession, article_id: ArticleId) -> None:
    """Delete an article with its passages and their typical questions."""
    await delete_passages(tx, [each.id for each in await read_passages(tx, article_id)])
    await tx.execute(delete(articles).where(articles.c.id == article_id))


# Passages

_PASSAGES = select(passages.c.id, passages.c.text).order_by(passages.c.position)


async def read_passages(tx: AsyncSession, article_id: ArticleId) -> list[PassageRow]:
    """Read the passages of an article, with their typical questions."""
    rows = (await tx.execute(_PASSAGES.where(passages.c.article_id == article_id))).all()
    typical = await _read_typical(tx, [row.id for row in rows])
    return [PassageRow(row.id, row.text, tuple(typical.get(row.id, ()))) for row in rows]


async def add_passages(
    tx: AsyncSession, article_id: ArticleId, added: Sequence[tuple[PassageId, int, str]]
) -> None:
    """Add passages: id, position and text."""
    if added:
        rows = [
            {"id": passage_id, "article_id": article_id, "position": position, "text": text}
            for passage_id, position, text in added
        ]
        await tx.execute(insert(passages), rows)


_CHANGE_PASSAGE = (
    update(passages)
    .where(passages.c.id == bindparam("of_id"))
    .values(position=bindparam("new_position"), text=bindparam("new_text"))
)


async def change_passages(tx: AsyncSession, changed: Sequence[tuple[PassageId, int, str]]) -> None:
    """Change the position and the text of passages."""
    for passage_id, position, text in changed:
        bound = {"of_id": passage_id, "new_position": position, "new_text": text}
        await tx.execute(_CHANGE_PASSAGE, bound)


async def delete_passages(tx: AsyncSession, ids: Collection[PassageId]) -> None:
    """Delete passages with their typical questions; proposed questions stay, without a passage."""
    if not ids:
        return
    of_these = questions.c.passage_id.in_(sorted(ids))
    accepted = questions.c.state == QuestionState.ACCEPTED
    await tx.execute(delete(questions).where(of_these, accepted))
    await tx.execute(update(questions).where(of_these).values(passage_id=None))
    await tx.execute(delete(passages).where(passages.c.id.in_(sorted(ids))))


async def find_passage(
    tx: AsyncSession, passage_id: PassageId
) -> tuple[KnowledgeArticle, str] | None:
    """Find a passage of an active article: the article, and the text."""
    wanted = (
        select(KnowledgeArticle, passages.c.text)
        .join(passages, passages.c.article_id == articles.c.id)
        .where(passages.c.id == passage_id, articles.c.is_active.is_(True))
    )
    row = (await tx.execute(wanted)).first()
    return None if row is None else (row[0], row[1])


async def has_passage(tx: AsyncSession, passage_id: PassageId) -> bool:
    """Check whether there is such a passage."""
    return await tx.scalar(select(passages.c.id).where(passages.c.id == passage_id)) is not None


# Everything, for the index


@dataclass(frozen=True, slots=True)
class IndexedPassage:
    """A passage of an active article, with what the index needs of the article."""

    article_id: ArticleId
    title: str
    language: str
    tags: tuple[str, ...]
    passage_id: PassageId
    text: str


async def list_indexed(
    tx: AsyncSession, after: tuple[ArticleId, int] | None, limit: int
) -> list[tuple[IndexedPassage, int]]:
    """Read passages of active articles with their positions, a part at a time."""
    wanted = (
        select(
            articles.c.id,
            articles.c.title,
            articles.c.language,
            articles.c.tags,
            passages.c.id,
            passages.c.text,
            passages.c.position,
        )
        .join(passages, passages.c.article_id == articles.c.id)
        .where(articles.c.is_active.is_(True))
        .order_by(articles.c.id, passages.c.position)
        .limit(limit)
    )
    if after is not None:
        last, position = after
        wanted = wanted.where(
            or_(
                articles.c.id > last,
                (articles.c.id == last) & (passages.c.position > position),
            )
        )
    return [
        (IndexedPassage(row[0], row[1], row[2], tuple(row[3]), row[4], row[5]), row[6])
        for row in await tx.execute(wanted)
    ]


async def read_typical_questions(
    tx: AsyncSession, ids: Collection[PassageId]
) -> dict[PassageId, list[str]]:
    """Read the typical questions of passages."""
    typical = await _read_typical(tx, ids)
    return {passage: [text for _, text in of] for passage, of in typical.items()}


async def _read_typical(
    tx: AsyncSession, ids: Collection[PassageId]
) -> dict[PassageId, list[tuple[KnowledgeQuestionId, str]]]:
    if not ids:
        return {}
    wanted = (
        select(questions.c.passage_id, questions.c.id, questions.c.text)
        .where(questions.c.passage_id.in_(sorted(ids)), questions.c.state == QuestionState.ACCEPTED)
        .order_by(questions.c.id)
    )
    found: dict[PassageId, list[tuple[KnowledgeQuestionId, str]]] = {}
    for passage_id, question_id, text in await tx.execute(wanted):
        found.setdefault(passage_id, []).append((question_id, text))
    return found
