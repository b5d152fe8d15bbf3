from db.ids import ArticleId, PassageId
from desk.knowledge.decisions import (
    AnswerOutright,
    HandOver,
    OfferArticles,
    decide_without_model,
)
from desk.knowledge.ports import FoundPassage, SearchResult

FIRST = FoundPassage(PassageId("P1"), ArticleId("A1"), "Paying", "By card.", "en", 2.0)
SECOND = FoundPassage(PassageId("P2"), ArticleId("A2"), "Sending", "In a day.", "en", 1.0)


def result(confidence: float, *passages: FoundPassage) -> SearchResult:
    return SearchResult(passages, passages, confidence, "en", 1)


def test_a_sure_result_is_answered_and_a_doubtful_one_offered() -> None:
    assert decide_without_model(result(0.8, FIRST, SECOND), 0.8) == AnswerOutright(FIRST)
    assert decide_without_model(result(0.79, FIRST, SECOND), 0.8) == OfferArticles((FIRST, SECOND))


def test_what_fits_nothing_is_handed_over() -> None:
    assert decide_without_model(result(0.0), 0.8) == HandOver()
    assert decide_without_model(result(0.001, FIRST), 0.8) == HandOver()
    # A threshold of zero answers with anything that was found, and never without a passage.
    assert decide_without_model(result(0.0), 0.0) == HandOver()
    assert decide_without_model(result(0.0, FIRST), 0.0) == AnswerOutright(FIRST)
