"""Decide what an agent without a model does with what a search found."""

from dataclasses import dataclass

from desk.knowledge.ports import FoundPassage, SearchResult

# Below this confidence an article is offered rarely enough with success to trouble the customer.
OFFER_THRESHOLD = 0.02


@dataclass(frozen=True, slots=True)
class AnswerOutright:
    """Answer with the text of this passage."""

    passage: FoundPassage


@dataclass(frozen=True, slots=True)
class OfferArticles:
    """Ask whether it is one of these articles, at most three; tapped, its passage is shown."""

    articles: tuple[FoundPassage, ...]


@dataclass(frozen=True, slots=True)
class HandOver:
    """Hand over to a person: nothing fits."""


Decision = AnswerOutright | OfferArticles | HandOver


def decide_without_model(
    result: SearchResult, threshold: float, *, offer_threshold: float = OFFER_THRESHOLD
) -> Decision:
    """Decide by the confidence of a search whether to answer, to offer articles or to hand over."""
    if not result.passages:
        return HandOver()
    if result.confidence >= threshold:
        return AnswerOutright(result.passages[0])
    if result.confidence >= offer_threshold and result.articles:
        return OfferArticles(result.articles)
    return HandOver()
