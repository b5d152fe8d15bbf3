"""Answer with a language model: budget, prompt, call, guardrails; articles alone if it fails."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TypeVar

import structlog

from db.database import Transaction
from db.ids import MessageId, SessionId
from db.tables import AgentLevel, AiAction
from desk.ai.guardrails.checks import check_answer, check_text, tidy_answer
from desk.ai.guardrails.evidence import Evidence, build_evidence
from desk.ai.guardrails.other_clients import find_other_names, list_candidates
from desk.ai.model.budget import BudgetLimits, estimate_need
from desk.ai.model.levels import ModelNames
from desk.ai.model.ports import (
    AiAnswer,
    AnswerAction,
    LanguageModel,
    ModelError,
    ModelReply,
    ModelRequest,
    PromptImage,
    Usage,
    WrittenText,
)
from desk.ai.model.prices import ModelPrices
from desk.ai.model.token_account import TokenAccount
from desk.ai.prompt.prompt import (
    Author,
    Prompt,
    PromptInput,
    SessionMessage,
    build_prompt,
)
from desk.ai.prompt.written_texts import (
    TextPrompt,
    build_follow_up_prompt,
    build_summary_prompt,
    build_translation_prompt,
)
from desk.ai.turns import offers, reasons
from desk.ai.turns.confidence import estimate_confidence, is_sure_enough
from desk.ai.turns.customer_pictures import CustomerPictures
from desk.ai.turns.reasons import Reason
from desk.ai.turns.thinking import answer_from_articles, to_used
from desk.ai.turns.thought import Cost, Material, SaidMessage, Thought
from desk.knowledge.ports import FoundPassage, SearchResult
from desk.transactions import RunsTransactions

log = structlog.get_logger(__name__)
R = TypeVar("R", ModelReply, WrittenText)

_MAX_ANSWER_TOKENS, _MAX_SUMMARY_TOKENS, _MAX_FOLLOW_UP_TOKENS = 800, 300, 120
# What is left of the deadline for everything beside the call.
_MARGIN = 1.5
_LONGEST_SUMMARY = 6.0
_LONGEST_TRANSLATION, _MAX_TRANSLATION_TOKENS = 15.0, 1_500
_MIN_SECONDS = 1.0
_ACTIONS = {
    AnswerAction.ANSWER: AiAction.ANSWER,
    AnswerAction.CLARIFY: AiAction.CLARIFY,
    AnswerAction.OFFER: AiAction.OFFER,
    AnswerAction.HANDOVER: AiAction.HANDOVER,
}


@dataclass(frozen=True, slots=True)
class ModelAnswers:
    """Answers with the model of an agent's level."""

    model: LanguageModel
    names: ModelNames
    limits: BudgetLimits
    transactions: RunsTransactions
    # The confidence from which an article alone is a good answer, if the model fails.
    get_article_threshold: Callable[[], float]
    prices: ModelPrices = field(default_factory=ModelPrices)
    # Values that no answer may contain.
    secrets: Collection[str] = field(default=(), repr=False)
    pictures: CustomerPictures | None = None

    @property
    def reads_pictures(self) -> bool:
        return self.pictures is not None

    async def answer(self, material: Material, found: SearchResult | None) -> Thought:
        """Return a checked answer; if the model fails, an article that answers, or a handover."""
        passages = found.passages if found else ()
        language = (found.language if found else None) or material.language
        images = await self.pictures.read(material) if self.pictures else {}
        prompt = build_prompt(_build_input(material, passages, language, images))
        request = self._build_request(
            material, prompt.system, prompt, _MAX_ANSWER_TOKENS, material.remaining - _MARGIN
        )
        account = self._open_account()
        try:
            reply, used = await account.call_unsettled(
                lambda: self.model.answer(request),
                model=request.model,
                need=estimate_need(request),
                session_id=material.session_id,
            )
        except ModelError as error:
            log.warning("ai.model_failed", reason=str(error.reason))
            # The server's own words may repeat the customer's.
            log.debug("ai.model_said", detail=error.detail)
            return self._answer_without_model(material, found, error, request.model)
        cost = self._to_cost(reply.usage, request.model, reply.model)
        try:
            return await self._judge(
                material, prompt, found, reply.answer, replace(cost, unsettled=(used,))
            )
        except BaseException:
            await account.run(used.settle)
            raise

    async def summarize(self, material: Material) -> tuple[str, Cost]:
        """Return a summary in staff's language; empty if the model gives none in time."""
        written = build_summary_prompt(_to_session(material), material.staff_language)
        seconds = min(_LONGEST_SUMMARY, material.remaining - _MARGIN)
        if seconds < _MIN_SECONDS:
            return "", Cost()
        request = self._build_request(
            material, written.system, written, _MAX_SUMMARY_TOKENS, seconds
        )
        try:
            reply = await self._call(material.session_id, request, self.model.write)
        except ModelError as error:
            return "", self._to_cost(error.usage, request.model)
        return reply.text, self._to_cost(reply.usage, request.model, reply.model)

    async def follow_up(self, material: Material) -> str:
        """Return a checked text to a customer who has become silent; empty: there is none."""
        written = build_follow_up_prompt(_to_session(material), (material.language or "en")[:2])
        request = self._build_request(
            material, written.system, written, _MAX_FOLLOW_UP_TOKENS, _LONGEST_SUMMARY
        )
        try:
            reply = await self._call(material.session_id, request, self.model.write)
        except ModelError as error:
            log.warning("ai.follow_up_failed", reason=str(error.reason))
            return ""
        evidence = self._collect_evidence(
            material, build_prompt(_build_input(material, (), material.language, {}))
        )
        names = await self._find_other_names(material, reply.text, evidence)
        verdict = check_text(reply.text, replace(evidence, other_names=names))
        if not verdict.passed:
            log.warning("ai.follow_up_refused", reasons=", ".join(verdict.reasons))
        return reply.text if verdict.passed else ""

    def _build_request(
        self,
        material: Material,
        system: str,
        prompt: Prompt | TextPrompt,
        max_tokens: int,
        seconds: float,
    ) -> ModelRequest:
        config = material.config
        return ModelRequest(
            system=system,
            messages=prompt.messages,
            model=self.names.choose(config.level, config.model),
            max_tokens=max_tokens,
            deadline=max(_MIN_SECONDS, seconds),
            temperature=config.temperature,
        )

    async def _call(
        self,
        session_id: SessionId,
        request: ModelRequest,
        call: Callable[[ModelRequest], Awaitable[R]],
    ) -> R:
        """Call the model, and count what it uses; raise ModelError."""
        need = estimate_need(request)
        return await self._open_account().call(
            lambda: call(request), model=request.model, need=need, session_id=session_id
        )

    def _open_account(self) -> TokenAccount:
        async def run(work: Callable[[Transaction], Awaitable[None]]) -> None:
            await self.transactions.run(lambda uow: work(uow.tx))

        return TokenAccount(self.limits, self.prices, run)

    def _to_cost(self, usage: Usage, *models: str) -> Cost:
        """Return a call's cost; the last of these names is the model that answered."""
        price = self.prices.calculate(usage, *models)
        return Cost(models[-1], usage.tokens_in, usage.tokens_out, price)

    def _answer_without_model(
        self, material: Material, found: SearchResult | None, error: ModelError, model: str
    ) -> Thought:
        cost = self._to_cost(error.usage, model)
        thought = answer_from_articles(material, found, self.get_article_threshold())
        if thought.action in {AiAction.ANSWER, AiAction.CLARIFY}:
            return Thought(
                thought.action,
                text=thought.text,
                confidence=thought.confidence,
                passages=thought.passages,
                note=thought.note,
                cost=cost,
            )
        reason = Reason("reason_model", {"why": error.reason.value})
        return Thought(AiAction.HANDOVER, reason=reason, passages=thought.passages, cost=cost)

    async def translate(self, text: str, language: str, session_id: SessionId) -> str:
        """Return a translation for staff; empty if the model gives none in time."""
        written = build_translation_prompt(text, language)
        request = ModelRequest(
            system=written.system,
            messages=written.messages,
            model=self.names.choose(AgentLevel.BASIC, None),
            max_tokens=_MAX_TRANSLATION_TOKENS,
            deadline=_LONGEST_TRANSLATION,
        )
        try:
            return (await self._call(session_id, request, self.model.write)).text
        except ModelError as error:
            log.warning("ai.translation_failed", reason=str(error.reason))
            return ""

    def _collect_evidence(self, material: Material, prompt: Prompt) -> Evidence:
        return build_evidence(
            prompt,
            staff_words=[each.text for each in material.history if not each.is_customer],
            customer_words=[each.text for each in material.history if each.is_customer],
            secrets=self.secrets,
        )

    async def _find_other_names(
        self, material: Material, text: str, evidence: Evidence
    ) -> list[str]:
        candidates = list_candidates(text, evidence)
        if not candidates:
            return []
        return await self.transactions.run(
            lambda uow: find_other_names(uow.tx, candidates, material.client_id)
        )

    async def _judge(
        self,
        material: Material,
        prompt: Prompt,
        found: SearchResult | None,
        answer: AiAnswer,
        cost: Cost,
    ) -> Thought:
        """Check an answer, and decide whether it may be sent."""
        answer = tidy_answer(answer, prompt.sources)
        evidence = self._collect_evidence(material, prompt)
        names = await self._find_other_names(material, answer.text, evidence)
        verdict = check_answer(answer, replace(evidence, other_names=names))
        search = found.confidence if found else 0.0
        confidence = estimate_confidence(search, verdict.support, answer.confidence)
        cited = [
            prompt.passages[each.passage_id]
            for each in verdict.citations
            if each.passage_id in prompt.passages
        ]
        used = to_used(list(dict.fromkeys(cited)))
        reason = None
        if not verdict.passed:
            why = ", ".join(each.value for each in verdict.reasons)
            log.warning("ai.answer_refused", reasons=why)
            reason = Reason("reason_guardrail", {"why": why})
        elif answer.action is AnswerAction.HANDOVER:
            reason = Reason("reason_condition", {"words": answer.reason or "-"})
        elif not is_sure_enough(answer.action, confidence, material.config.confidence_threshold):
            reason = reasons.unsure(confidence)
        if reason is not None:
            return Thought(
                AiAction.HANDOVER,
                reason=reason,
                confidence=confidence,
                passages=used,
                cost=cost,
            )
        articles = found.articles if found and answer.action is AnswerAction.OFFER else ()
        action = _ACTIONS[answer.action]
        return Thought(
            action if articles or action is not AiAction.OFFER else AiAction.CLARIFY,
            text=answer.text,
            confidence=confidence,
            offers=tuple(offers.to_json(articles)),
            passages=used,
            cost=cost,
        )


def _build_input(
    material: Material,
    passages: tuple[FoundPassage, ...],
    language: str | None,
    images: Mapping[MessageId, PromptImage],
) -> PromptInput:
    config = material.config
    return PromptInput(
        messages=[_to_message(each, material, images) for each in material.history],
        now=datetime.now(UTC),
        passages=passages,
        style=config.style,
        knowledge=config.knowledge,
        products=config.products,
        handover_conditions=config.handover_conditions,
        customer_name=material.customer_name,
        language=(language or "")[:2] or None,
    )


def _to_session(material: Material) -> list[SessionMessage]:
    return [_to_message(each, material, {}) for each in material.history]


def _to_message(
    said: SaidMessage, material: Material, images: Mapping[MessageId, PromptImage]
) -> SessionMessage:
    is_own = said.author_id == material.config.agent_id
    author = Author.ASSISTANT if is_own else Author.COLLEAGUE
    return SessionMessage(
        author=Author.CUSTOMER if said.is_customer else author,
        text=said.text,
        file_name=str((said.file or {}).get("name") or said.kind) if said.file else None,
        images=(images[said.id],) if said.id in images else (),
    )
