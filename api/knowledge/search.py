"""Ask the knowledge a question, as an agent without a model would answer it; nothing is sent."""

from typing import Literal

from api.access.caller import Caller
from api.knowledge.models import FoundPassageOut, SearchBody, SearchOut
from desk.knowledge.decisions import (
    AnswerOutright,
    Decision,
    OfferArticles,
    decide_without_model,
)
from desk.knowledge.knowledge_base import KnowledgeBase
from desk.knowledge.ports import EVERYTHING, FoundPassage, SearchScope


async def search(caller: Caller, knowledge: KnowledgeBase, body: SearchBody) -> SearchOut:
    """Search the articles, and show what an agent without a model would do."""
    scope = EVERYTHING if body.tags is None else SearchScope(body.tags)
    result = await knowledge.search(
        body.question, language=body.language, limit=body.limit, scope=scope
    )
    threshold = knowledge.threshold
    return SearchOut(
        decision=_name(decide_without_model(result, threshold)),
        confidence=round(result.confidence, 4),
        threshold=threshold,
        language=result.language,
        revision=result.revision,
        passages=[_to_schema(each) for each in result.passages],
        articles=[_to_schema(each) for each in result.articles],
    )


def _name(decision: Decision) -> Literal["answer", "offer", "handover"]:
    match decision:
        case AnswerOutright():
            return "answer"
        case OfferArticles():
            return "offer"
        case _:
            return "handover"


def _to_schema(found: FoundPassage) -> FoundPassageOut:
    return FoundPassageOut(
        passage_id=found.passage_id,
        article_id=found.article_id,
        title=found.title,
        text=found.text,
        language=found.language,
        score=round(found.score, 4),
    )
