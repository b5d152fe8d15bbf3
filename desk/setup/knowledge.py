"""Create, change and delete articles, and settle proposed questions."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from db.ids import ArticleId, KnowledgeQuestionId, PassageId
from db.queries.knowledge import articles as queries
from db.queries.knowledge import questions as question_queries
from db.tables import KnowledgeArticle, KnowledgeQuestion, QuestionState
from desk.actors import Actor
from desk.audit import add_entry
from desk.knowledge.writing import (
    ArticleDraft,
    ArticleRefusedError,
    TypicalQuestion,
    add_article,
    rewrite_article,
)
from desk.setup.errors import InvalidValueError, NotFoundError
from desk.unit_of_work import UnitOfWork


async def create_article(uow: UnitOfWork, draft: ArticleDraft, *, by: Actor) -> KnowledgeArticle:
    """Create an article; raise InvalidValueError."""
    with _refusals():
        article = await add_article(uow, draft)
    add_entry(uow, by, "article.created", _subject(article.id), {"title": draft.title})
    return article


async def change_article(
    uow: UnitOfWork,
    article_id: ArticleId,
    values: Mapping[str, Any],
    *,
    questions: Sequence[TypicalQuestion] | None = None,
    by: Actor,
) -> KnowledgeArticle:
    """Change columns of an article; raise NotFoundError or InvalidValueError.

    Passages with the same text keep their ids and their typical questions. `questions` replace all
    typical questions of the article.
    """
    article = await queries.find_article(uow.tx, article_id, lock=True)
    if article is None:
        raise NotFoundError
    changed = {name: value for name, value in values.items() if getattr(article, name) != value}
    if changed or questions is not None:
        with _refusals():
            await rewrite_article(uow, article, changed, questions)
        details = {"changed": sorted(changed), "questions": questions is not None}
        add_entry(uow, by, "article.changed", _subject(article_id), details)
    return article


async def delete_article(uow: UnitOfWork, article_id: ArticleId, *, by: Actor) -> None:
    """Delete an article with its typical questions; raise NotFoundError."""
    article = await queries.find_article(uow.tx, article_id, lock=True)
    if article is None:
        raise NotFoundError
    title = article.title
    await queries.next_revision(uow.tx)
    await queries.delete_article(uow.tx, article_id)
    add_entry(uow, by, "article.deleted", _subject(article_id), {"title": title})


async def accept_question(
    uow: UnitOfWork,
    question_id: KnowledgeQuestionId,
    *,
    passage_id: PassageId | None,
    text: str | None,
    by: Actor,
) -> KnowledgeQuestion:
    """Make a proposed question a typical one; raise NotFoundError or InvalidValueError.

    `passage_id` and `text` replace what was proposed. From then on nothing tells who asked it.
    """
    question = await _find_proposed(uow, question_id)
    passage = passage_id or question.passage_id
    if passage is None or not await queries.has_passage(uow.tx, passage):
        raise InvalidValueError("passage_id", "must name the passage that answers the question")
    question.passage_id, question.text = passage, text or question.text
    question.state = QuestionState.ACCEPTED
    question.answer = question.conversation_id = None
    await queries.next_revision(uow.tx)
    await uow.tx.flush()
    add_entry(uow, by, "question.accepted", f"question:{question_id}", {"passage": passage})
    return question


async def refuse_question(uow: UnitOfWork, question_id: KnowledgeQuestionId, *, by: Actor) -> None:
    """Refuse a proposed question: it is not proposed again; raise NotFoundError."""
    question = await _find_proposed(uow, question_id)
    question.state = QuestionState.REFUSED
    await uow.tx.flush()
    add_entry(uow, by, "question.refused", f"question:{question_id}", {})


async def _find_proposed(uow: UnitOfWork, question_id: KnowledgeQuestionId) -> KnowledgeQuestion:
    question = await question_queries.find_question(uow.tx, question_id)
    if question is None or question.state is not QuestionState.PROPOSED:
        raise NotFoundError
    return question


def _subject(article_id: ArticleId) -> str:
    return f"article:{article_id}"


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except ArticleRefusedError as error:
        raise InvalidValueError(error.field, str(error)) from None
