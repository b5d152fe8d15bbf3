"""Questions that humans answered: they are proposed as typical questions of a passage."""

from db.ids import ConversationId, KnowledgeQuestionId, PassageId, new_id
from db.queries.knowledge import articles as article_queries
from db.queries.knowledge import questions as queries
from db.tables import KnowledgeQuestion, QuestionState
from desk.knowledge.limits import MAX_QUESTION
from desk.unit_of_work import UnitOfWork

# Nobody looks through more; the newest are left out until some were accepted or refused.
_MAX_PROPOSED = 1_000
_MAX_ANSWER = 4_000
# A shorter text asks nothing.
_MIN_QUESTION = 8


async def propose_question(
    uow: UnitOfWork,
    conversation_id: ConversationId,
    question: str,
    answer: str,
    *,
    passage_id: PassageId | None = None,
) -> KnowledgeQuestionId | None:
    """Propose a customer's question that a human answered, once for each conversation.

    `passage_id`: the passage that the search held for the most likely one. Return None where there
    is nothing to propose.
    """
    text = " ".join(question.split())
    if not _MIN_QUESTION <= len(text) <= MAX_QUESTION or not answer.strip():
        return None
    if await queries.has_proposal(uow.tx, conversation_id, text):
        return None
    if await queries.count_proposed(uow.tx) >= _MAX_PROPOSED:
        return None
    if passage_id is not None and not await article_queries.has_passage(uow.tx, passage_id):
        passage_id = None  # its article was changed meanwhile
    proposed = KnowledgeQuestion(
        id=KnowledgeQuestionId(new_id()),
        passage_id=passage_id,
        text=text,
        state=QuestionState.PROPOSED,
        answer=answer.strip()[:_MAX_ANSWER],
        conversation_id=conversation_id,
        created_at=uow.now,
    )
    uow.tx.add(proposed)
    await uow.tx.flush()
    return proposed.id
