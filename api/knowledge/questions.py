"""Questions that humans answered: administrators make them typical questions, or refuse them."""

from api.access.caller import Caller
from api.knowledge.models import AcceptBody, QuestionOut, QuestionQuery
from api.schemas.pagination import Cursor, Page, build_page
from db.ids import ArticleId, KnowledgeQuestionId, PassageId
from db.queries.knowledge import questions as queries
from db.tables import KnowledgeQuestion
from desk.setup import knowledge
from desk.unit_of_work import UnitOfWork

Row = tuple[KnowledgeQuestion, ArticleId | None]


async def list_questions(uow: UnitOfWork, query: QuestionQuery) -> Page[QuestionOut]:
    """List proposed questions, the newest first."""
    rows = await queries.list_questions(uow.tx, query.state, start=query.start, limit=query.limit)
    return build_page(rows, query, _to_schema, lambda row: Cursor(row[0].created_at, row[0].id))


async def accept(
    uow: UnitOfWork, caller: Caller, question_id: KnowledgeQuestionId, body: AcceptBody
) -> None:
    """Make a proposed question a typical one of a passage."""
    passage = None if body.passage_id is None else PassageId(body.passage_id)
    await knowledge.accept_question(
        uow, question_id, passage_id=passage, text=body.text, by=caller.actor
    )


async def refuse(uow: UnitOfWork, caller: Caller, question_id: KnowledgeQuestionId) -> None:
    """Refuse a proposed question."""
    await knowledge.refuse_question(uow, question_id, by=caller.actor)


def _to_schema(row: Row) -> QuestionOut:
    question, article_id = row
    return QuestionOut(
        id=question.id,
        state=question.state,
        text=question.text,
        answer=question.answer,
        passage_id=question.passage_id,
        article_id=article_id,
        conversation_id=question.conversation_id,
        created_at=question.created_at,
    )
