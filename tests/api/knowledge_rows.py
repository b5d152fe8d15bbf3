"""Rows of knowledge for tests of the API."""

from typing import Any

from db.ids import ArticleId
from db.tables import KnowledgeArticle, KnowledgePassage, KnowledgeQuestion, QuestionState
from tests.api.stage import ApiStage


async def add_article(api: ApiStage) -> ArticleId:
    """Add an article with one passage."""
    article = KnowledgeArticle(title="Paying", text="By card.", language="en")
    async with api.database.transaction() as tx:
        tx.add(article)
        await tx.flush()
        tx.add(KnowledgePassage(article_id=article.id, position=0, text=article.text))
    return article.id


async def add_proposed_question(api: ApiStage, text: str = "can I use visa", **fields: Any) -> str:
    """Add a question that a human answered."""
    row = KnowledgeQuestion(text=text, state=QuestionState.PROPOSED, answer="Yes.", **fields)
    async with api.database.transaction() as tx:
        tx.add(row)
    return row.id
