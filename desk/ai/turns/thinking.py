"""Think about a burst of messages: hard rules, then articles, then a model if there is one."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from db.ids import PassageId, SessionId
from db.tables import AiAction
from desk.ai.turns import offers, reasons
from desk.ai.turns.offers import Chose
from desk.ai.turns.pleasantries import find_pleasantry
from desk.ai.turns.reasons import Reason
from desk.ai.turns.rules import find_handover_reason, find_language_reason
from desk.ai.turns.summaries import format_summary
from desk.ai.turns.thought import Cost, Material, Thought
from desk.knowledge.decisions import (
    AnswerOutright,
    HandOver,
    OfferArticles,
    decide_without_model,
)
from desk.knowledge.ports import (
    EVERYTHING,
    FoundPassage,
    Knowledge,
    SearchResult,
    SearchScope,
)

_MAX_PASSAGES = 6


class AnswersWithModel(Protocol):
    """Answers with a language model, and writes summaries."""

    @property
    def reads_pictures(self) -> bool: ...

    async def answer(self, material: Material, found: SearchResult | None) -> Thought:
        """Return a checked answer, or a handover with the reason; raises nothing."""

    async def summarize(self, material: Material) -> tuple[str, Cost]:
        """Return a summary for the human who goes on, in staff's language; empty: none."""

    async def follow_up(self, material: Material) -> str:
        """Return a checked text to a customer who is silent; empty: there is none."""

    async def translate(self, text: str, language: str, session_id: SessionId) -> str:
        """Return a translation for staff; empty: there is none."""


class Thinker:
    """Thinks, with no transaction open; what can fail ends as a handover."""

    def __init__(self, knowledge: Knowledge | None, model: AnswersWithModel | None = None) -> None:
        self._knowledge = knowledge
        self._model = model

    @property
    def model(self) -> AnswersWithModel | None:
        return self._model

    async def think(self, material: Material) -> Thought:
        """Return what to do about the burst."""
        is_wanted = material.config.reads_pictures
        reads_pictures = is_wanted and self._model is not None and self._model.reads_pictures
        reason = find_handover_reason(material, reads_pictures=reads_pictures)
        if reason is not None:
            return await self._hand_over(material, reason)
        if isinstance(material.choice, Chose):
            return await self._answer_choice(material, material.choice)
        found = await self._search(material)
        language = material.language if found is None else found.language or material.language
        if (reason := find_language_reason(material, language)) is not None:
            return await self._hand_over(material, reason)
        if self._model is None:
            thought = answer_from_articles(material, found, self._threshold(material))
        else:
            thought = await self._model.answer(material, found)
        if thought.action is AiAction.HANDOVER and not thought.summary:
            return await self._hand_over(material, thought.reason or reasons.UNKNOWN, thought)
        return thought

    async def _search(self, material: Material) -> SearchResult | None:
        if self._knowledge is None or not material.question:
            return None
        tags = material.config.article_tags
        return await self._knowledge.search(
            material.question,
            language=material.language,
            limit=_MAX_PASSAGES,
            scope=SearchScope(tags) if tags else EVERYTHING,
            session_id=material.session_id,
            state=material.knowledge,
        )

    def _threshold(self, material: Material) -> float:
        wanted = material.config.confidence_threshold
        if wanted is not None:
            return wanted
        return 1.0 if self._knowledge is None else self._knowledge.threshold

    async def _answer_choice(self, material: Material, chosen: Chose) -> Thought:
        """Answer with the article that the customer chose."""
        passage = None
        if self._knowledge is not None:
            passage = await self._knowledge.find_passage(PassageId(chosen.passage_id))
        if passage is None:  # it was deleted meanwhile
            return await self._hand_over(material, reasons.UNKNOWN)
        return Thought(
            AiAction.ANSWER,
            text=passage.text,
            confidence=1.0,
            passages=to_used([passage]),
            note="by_choice",
        )

    async def _hand_over(
        self, material: Material, reason: Reason, thought: Thought | None = None
    ) -> Thought:
        """Return a handover, with a summary by the model or in the session's own words."""
        summary, cost = "", Cost()
        if self._model is not None:
            summary, cost = await self._model.summarize(material)
        if not summary:
            said = [(each.is_customer, each.text) for each in material.history if each.text]
            summary = format_summary(said, material.config.name, material.staff_language)
        before = thought or Thought(AiAction.HANDOVER)
        return Thought(
            AiAction.HANDOVER,
            reason=reason,
            confidence=before.confidence,
            passages=before.passages,
            summary=summary,
            cost=before.cost + cost,
        )


def answer_from_articles(
    material: Material, found: SearchResult | None, threshold: float
) -> Thought:
    """Answer without a model: with a passage, with articles to choose from, or with a person."""
    if (pleasantry := find_pleasantry(material.question)) is not None:
        return Thought(AiAction.CLARIFY, note=pleasantry.value)
    if found is None:
        return Thought(AiAction.HANDOVER, reason=reasons.UNKNOWN)
    used = to_used(found.passages)
    match decide_without_model(found, threshold):
        case AnswerOutright(passage):
            return Thought(
                AiAction.ANSWER,
                text=passage.text,
                confidence=found.confidence,
                passages=to_used([passage]),
                note="without_model",
            )
        case OfferArticles(articles):
            return Thought(
                AiAction.OFFER,
                confidence=found.confidence,
                offers=tuple(offers.to_json(articles)),
                passages=used,
                note="without_model",
            )
        case HandOver():
            pass
    is_known = bool(found.passages)
    reason = reasons.unsure(found.confidence) if is_known else reasons.UNKNOWN
    return Thought(AiAction.HANDOVER, reason=reason, confidence=found.confidence, passages=used)


def to_used(passages: Sequence[FoundPassage]) -> tuple[Mapping[str, Any], ...]:
    """Return passages as the log and the API name them."""
    return tuple(
        {
            "passage": each.passage_id,
            "article": each.article_id,
            "title": each.title,
            "score": round(each.score, 4),
        }
        for each in passages
    )
