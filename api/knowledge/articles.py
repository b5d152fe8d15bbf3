"""Articles: every agent reads them, administrators write them."""

from typing import Any

from api.access.caller import Caller
from api.errors.problems import NotFound
from api.knowledge.models import (
    ArticleBrief,
    ArticleChanges,
    ArticleOut,
    ArticleQuery,
    NewArticle,
    PassageOut,
    TypicalQuestionBody,
)
from api.schemas.pagination import Cursor, Page, build_page
from db.ids import ArticleId
from db.queries.knowledge import articles as queries
from db.tables import KnowledgeArticle
from desk.knowledge.writing import ArticleDraft, TypicalQuestion
from desk.setup import knowledge
from desk.unit_of_work import UnitOfWork


async def list_articles(uow: UnitOfWork, query: ArticleQuery) -> Page[ArticleBrief]:
    """List articles, the newest first."""
    rows = await queries.list_articles(
        uow.tx,
        start=query.start,
        limit=query.limit,
        language=query.language,
        is_active=query.is_active,
        words=query.q,
    )
    return build_page(rows, query, _to_brief, lambda row: Cursor(row.created_at, row.id))


async def show(uow: UnitOfWork, article_id: ArticleId) -> ArticleOut:
    """Show an article with its passages and their typical questions."""
    article = await queries.find_article(uow.tx, article_id)
    if article is None:
        raise NotFound
    return await _to_schema(uow, article)


async def create(uow: UnitOfWork, caller: Caller, body: NewArticle) -> ArticleOut:
    """Create an article; customers are answered from it at once."""
    draft = ArticleDraft(
        body.title,
        body.text,
        body.language,
        tuple(dict.fromkeys(body.tags)),
        _read_questions(body.questions),
        is_active=body.is_active,
    )
    return await _to_schema(uow, await knowledge.create_article(uow, draft, by=caller.actor))


async def change(
    uow: UnitOfWork, caller: Caller, article_id: ArticleId, body: ArticleChanges
) -> ArticleOut:
    """Change an article; a change of the text keeps the passages that stay the same."""
    given: dict[str, Any] = body.model_dump(
        include=body.model_fields_set - {"questions"}, exclude_none=True
    )
    if "tags" in given:
        given["tags"] = list(dict.fromkeys(given["tags"]))
    questions = None if body.questions is None else _read_questions(body.questions)
    article = await knowledge.change_article(
        uow, article_id, given, questions=questions, by=caller.actor
    )
    return await _to_schema(uow, article)


async def delete(uow: UnitOfWork, caller: Caller, article_id: ArticleId) -> None:
    """Delete an article with its typical questions."""
    await knowledge.delete_article(uow, article_id, by=caller.actor)


def _read_questions(given: list[TypicalQuestionBody]) -> tuple[TypicalQuestion, ...]:
    return tuple(TypicalQuestion(each.passage, each.text) for each in given)


async def _to_schema(uow: UnitOfWork, article: KnowledgeArticle) -> ArticleOut:
    passages = [
        PassageOut(id=each.id, text=each.text, questions=[text for _, text in each.questions])
        for each in await queries.read_passages(uow.tx, article.id)
    ]
    brief = _to_brief(article).model_dump()
    return ArticleOut(**brief, text=article.text, passages=passages)


def _to_brief(row: KnowledgeArticle) -> ArticleBrief:
    return ArticleBrief(
        id=row.id,
        title=row.title,
        language=row.language,
        tags=row.tags,
        is_active=row.is_active,
        source=row.source or None,
        revision=row.revision,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
