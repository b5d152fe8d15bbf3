"""Read and change typical questions, and those that are proposed as such."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.dialect import get_table
from db.ids import ArticleId, ConversationId, KnowledgeQuestionId, PassageId, new_id
from db.queries.lists.keyset import PageStart, paginate
from db.tables import KnowledgePassage, KnowledgeQuestion, QuestionState

questions = get_table(KnowledgeQuestion)
passages = get_table(KnowledgePassage)


async def add_typical_questions(
    tx: AsyncSession, added: Sequence[tuple[PassageId, str]], now: datetime
) -> None:
    """Add typical questions to passages."""
    if added:
        rows = [
            {
                "id": new_id(),
                "passage_id": passage_id,
                "text": text,
                "state": QuestionState.ACCEPTED,
                "created_at": now,
            }
            for passage_id, text in added
        ]
        await tx.execute(insert(questions), rows)


async def delete_typical_questions(tx: AsyncSession, ids: Collection[KnowledgeQuestionId]) -> None:
    """Delete questions."""
    if ids:
        await tx.execute(delete(questions).where(questions.c.id.in_(sorted(ids))))


async def list_questions(
    tx: AsyncSession, state: QuestionState, *, start: PageStart | None, limit: int
) -> list[tuple[KnowledgeQuestion, ArticleId | None]]:
    """Read a page of questions and one more, newest first, each with its passage's article."""
    statement: Select[Any] = (
        select(KnowledgeQuestion, passages.c.article_id)
        .outerjoin(passages, passages.c.id == questions.c.passage_id)
        .where(questions.c.state == state)
    )
    paged = paginate(statement, questions.c.created_at, questions.c.id, start=start, limit=limit)
    return [(row[0], row[1]) for row in await tx.execute(paged)]


async def find_question(
    tx: AsyncSession, question_id: KnowledgeQuestionId
) -> KnowledgeQuestion | None:
    """Read a question, and hold its row until the commit."""
    wanted = select(KnowledgeQuestion).where(questions.c.id == question_id).with_for_update()
    return (await tx.scalars(wanted.execution_options(populate_existing=True))).first()


async def has_proposal(tx: AsyncSession, conversation_id: ConversationId, text: str) -> bool:
    """Check whether a conversation's question has been proposed, accepted or refused already."""
    texts = await tx.scalars(
        select(questions.c.text).where(questions.c.conversation_id == conversation_id)
    )
    return text in set(texts)


async def count_proposed(tx: AsyncSession) -> int:
    """Count proposed questions."""
    proposed = questions.c.state == QuestionState.PROPOSED
    return await tx.scalar(select(func.count()).where(proposed)) or 0
