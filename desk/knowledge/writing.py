"""Write articles with their passages and typical questions, and count the revision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from db.database import Transaction
from db.ids import ArticleId, PassageId, new_id
from db.queries.knowledge import articles as queries
from db.queries.knowledge import questions as question_queries
from db.tables import KnowledgeArticle
from desk.knowledge.limits import MAX_ARTICLES, MAX_PASSAGES, MAX_QUESTIONS
from desk.knowledge.passages import match_former, split_passages


class ArticleRefusedError(Exception):
    """An article cannot be stored; `field` names what is wrong about it."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


class Writing(Protocol):
    """A transaction and its time: a unit of work is one, and a command has no other part of it."""

    @property
    def tx(self) -> Transaction: ...
    @property
    def now(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class TypicalQuestion:
    """A question that a passage answers; `passage`: its number in the article, from 0."""

    passage: int
    text: str


@dataclass(frozen=True, slots=True)
class ArticleDraft:
    """An article as somebody wrote or imported it."""

    title: str
    text: str
    language: str
    tags: tuple[str, ...] = ()
    questions: tuple[TypicalQuestion, ...] = ()
    source: str = ""
    is_active: bool = True


async def add_article(
    work: Writing, draft: ArticleDraft, *, most: int = MAX_ARTICLES
) -> KnowledgeArticle:
    """Add an article; raise ArticleRefusedError."""
    texts = _split(draft)
    revision = await queries.next_revision(work.tx)
    if await queries.count_articles(work.tx) >= most:
        raise ArticleRefusedError(
            "articles", f"there are {most} articles already, which is the limit"
        )
    article = KnowledgeArticle(
        id=ArticleId(new_id()),
        title=draft.title,
        text=draft.text,
        language=draft.language,
        tags=list(draft.tags),
        is_active=draft.is_active,
        source=draft.source,
        revision=revision,
        created_at=work.now,
        updated_at=work.now,
    )
    work.tx.add(article)
    await work.tx.flush()
    added = [(PassageId(new_id()), at, text) for at, text in enumerate(texts)]
    await queries.add_passages(work.tx, article.id, added)
    await _add_questions(work, [each for each, _, _ in added], draft.questions)
    return article


async def rewrite_article(
    work: Writing,
    article: KnowledgeArticle,
    changed: Mapping[str, Any],
    questions: Sequence[TypicalQuestion] | None,
) -> None:
    """Change columns, passages and typical questions of an article that is locked."""
    draft = ArticleDraft(article.title, changed.get("text", article.text), article.language)
    texts = _split(replace(draft, questions=tuple(questions or ())))
    for name, value in changed.items():
        setattr(article, name, value)
    article.revision = await queries.next_revision(work.tx)
    article.updated_at = work.now
    await work.tx.flush()
    former = await queries.read_passages(work.tx, article.id)
    kept = match_former([(each.id, each.text) for each in former], texts)
    ids = [each.former or PassageId(new_id()) for each in kept]
    stays = {each.former for each in kept}
    await queries.delete_passages(work.tx, [each.id for each in former if each.id not in stays])
    places = [
        (passage_id, at, each.text)
        for at, (passage_id, each) in enumerate(zip(ids, kept, strict=True))
    ]
    await queries.change_passages(work.tx, [each for each in places if each[0] in stays])
    await queries.add_passages(
        work.tx, article.id, [each for each in places if each[0] not in stays]
    )
    if questions is not None:
        old = [question for each in former if each.id in stays for question, _ in each.questions]
        await question_queries.delete_typical_questions(work.tx, old)
        await _add_questions(work, ids, questions)


async def write_articles(work: Writing, source: str, drafts: Sequence[ArticleDraft]) -> None:
    """Write articles of a source; those that are there already under their titles are changed."""
    existing = {each.title: each for each in await queries.list_of_source(work.tx, source)}
    for draft in drafts:
        article = existing.get(draft.title)
        if article is None:
            await add_article(work, draft)
        elif changed := _find_changes(article, draft):
            await rewrite_article(work, article, changed, draft.questions or None)


def _find_changes(article: KnowledgeArticle, draft: ArticleDraft) -> dict[str, Any]:
    values = {"text": draft.text, "language": draft.language, "tags": list(draft.tags)}
    return {name: value for name, value in values.items() if getattr(article, name) != value}


async def remove_others(work: Writing, source: str, titles: Sequence[str]) -> int:
    """Delete the articles of a source that are no longer in it; return their number."""
    kept = set(titles)
    others = [
        each for each in await queries.list_of_source(work.tx, source) if each.title not in kept
    ]
    if others:
        await queries.next_revision(work.tx)
        for each in others:
            await queries.delete_article(work.tx, each.id)
    return len(others)


def _split(draft: ArticleDraft) -> list[str]:
    texts = split_passages(draft.text)
    if not texts:
        raise ArticleRefusedError("text", "must have a word")
    if len(texts) > MAX_PASSAGES:
        raise ArticleRefusedError("text", f"has {len(texts)} passages; the limit is {MAX_PASSAGES}")
    for at in range(len(texts)):
        if sum(each.passage == at for each in draft.questions) > MAX_QUESTIONS:
            raise ArticleRefusedError("questions", f"a passage has at most {MAX_QUESTIONS}")
    if any(not 0 <= each.passage < len(texts) for each in draft.questions):
        last = len(texts) - 1
        raise ArticleRefusedError("questions", f"passage must be a number from 0 to {last}")
    return texts


async def _add_questions(
    work: Writing, ids: Sequence[PassageId], questions: Sequence[TypicalQuestion]
) -> None:
    added = [(ids[each.passage], each.text) for each in questions]
    await question_queries.add_typical_questions(work.tx, added, work.now)
