"""A language model behind an OpenAI-compatible server: chat completions, and embeddings.

Nothing is streamed: an answer is shown only after its checks, and those need the whole of it.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace

from desk.ai.model.abilities import LearnedAbilities, reduce_abilities
from desk.ai.model.answer_schema import BrokenAnswer, parse_answer, strip_thoughts
from desk.ai.model.completions import (
    Completion,
    MalformedCompletion,
    build_body,
    estimate_text,
    estimate_tokens,
    read_completion,
    read_embedding_usage,
    read_embeddings,
)
from desk.ai.model.ports import (
    AiAnswer,
    AnswerAction,
    AnswerForm,
    CircuitOpen,
    Embeddings,
    FailureReason,
    ModelNonsense,
    ModelRefused,
    ModelReply,
    ModelRequest,
    PromptMessage,
    Speaker,
    Usage,
    WrittenText,
)
from desk.ai.model.server_calls import ServerCalls
from desk.ai.model.server_failure import (
    FailureKind,
    ServerFailure,
    decide_retry,
    to_model_error,
)

# Each refusal teaches one ability at most, and there are fewer of them than this.
_MOST_LESSONS = 8
_REPAIR = (
    "This reply cannot be used: {problem}. Write it again as exactly one JSON object with the "
    "fields that I named, and nothing else."
)
_LONGEST_BROKEN = 4_000


class OpenAIModel:
    """Implements LanguageModel and Embedder; learns what each model of the server can take."""

    def __init__(self, calls: ServerCalls, *, embedding_model: str | None = None) -> None:
        self._calls = calls
        self._embedding_model = embedding_model
        self._learned = LearnedAbilities()

    async def answer(self, request: ModelRequest) -> ModelReply:
        """Return the model's structured answer, after one repair if the first was broken."""
        started = time.monotonic()
        async with self._calls.take_slot(started + request.deadline):
            call = _Call(self._calls, self._learned, request, started)
            completion = await call.complete(is_structured=True)
            try:
                answer = _read_answer(completion)
            except BrokenAnswer as error:
                completion = await call.repair(completion, str(error))
                answer = call.read_repaired(completion)
        return ModelReply(
            answer,
            call.usage,
            time.monotonic() - started,
            call.form,
            completion.model or request.model,
        )

    async def write(self, request: ModelRequest) -> WrittenText:
        """Return free text."""
        started = time.monotonic()
        async with self._calls.take_slot(started + request.deadline):
            call = _Call(self._calls, self._learned, request, started)
            completion = await call.complete(is_structured=False)
        text = strip_thoughts(completion.text)
        if not text:
            raise ModelNonsense(FailureReason.EMPTY_ANSWER, usage=call.usage)
        model = completion.model or request.model
        return WrittenText(text, call.usage, time.monotonic() - started, model)

    async def embed(self, texts: Sequence[str], *, deadline: float) -> Embeddings:
        """Return one vector for each text, in their order."""
        model, until = self._embedding_model or "", time.monotonic() + deadline
        if not texts:
            return Embeddings([], Usage(), model)
        body = {"model": model, "input": list(texts), "encoding_format": "float"}
        tokens = Usage(estimate_text(*texts))
        async with self._calls.take_slot(until):
            try:
                content = await self._calls.embed(body, until)
                vectors = read_embeddings(content, len(texts))
            except MalformedCompletion as error:
                failure = ServerFailure(FailureKind.MALFORMED, str(error))
                raise to_model_error(failure, tokens) from error
            except ServerFailure as failure:
                raise to_model_error(failure, tokens) from failure
        return Embeddings(vectors, read_embedding_usage(content) or tokens, model)

    async def close(self) -> None:
        """Close the connections."""
        await self._calls.close()


class _Call:
    """One answer of the model with all its tries: what it has cost, and how it was asked."""

    def __init__(
        self, calls: ServerCalls, learned: LearnedAbilities, request: ModelRequest, started: float
    ) -> None:
        self._calls = calls
        self._learned = learned
        self._request = request
        self._until = started + request.deadline
        self.usage = Usage()
        self.form = AnswerForm.TEXT

    async def complete(self, *, is_structured: bool) -> Completion:
        """Return the completion of the request; learn from refusals, and try again."""
        completion = await self._ask(self._request, is_structured=is_structured)
        return self._check(completion)

    async def repair(self, broken: Completion, problem: str) -> Completion:
        """Ask once more, with the broken answer and what is wrong with it."""
        said = PromptMessage(Speaker.ASSISTANT, broken.text[:_LONGEST_BROKEN] or "(nothing)")
        asked = PromptMessage(Speaker.USER, _REPAIR.format(problem=problem))
        again = replace(self._request, messages=(*self._request.messages, said, asked))
        return self._check(await self._ask(again, is_structured=True))

    def read_repaired(self, completion: Completion) -> AiAnswer:
        """Return the answer after the repair; there is no second one."""
        try:
            return _read_answer(completion)
        except BrokenAnswer as error:
            is_empty = not strip_thoughts(completion.text)
            broken, empty = FailureReason.BROKEN_ANSWER, FailureReason.EMPTY_ANSWER
            reason = empty if is_empty else broken
            raise ModelNonsense(reason, str(error), usage=self.usage) from error

    async def _ask(self, request: ModelRequest, *, is_structured: bool) -> Completion:
        model, tries, lessons = request.model, 0, 0
        abilities = self._learned.find(model, self._calls.now())
        has_images = any(each.images for each in request.messages)
        while True:
            tries += 1
            body = build_body(request, abilities, is_structured=is_structured)
            try:
                completion = await self._call(body)
            except CircuitOpen as error:
                error.usage = self.usage
                raise
            except ServerFailure as failure:
                self.usage += self._estimate(request, failure)
                less = reduce_abilities(
                    abilities, failure, is_structured=is_structured, has_images=has_images
                )
                if less is not None and lessons < _MOST_LESSONS:
                    abilities, tries, lessons = less, tries - 1, lessons + 1
                    continue
                pause = decide_retry(failure, tries, self._until - time.monotonic())
                if pause is None:
                    raise to_model_error(failure, self.usage) from failure
                await asyncio.sleep(pause)
            else:
                self._learned.learn(model, abilities, self._calls.now(), form_used=is_structured)
                self.form = abilities.form if is_structured else AnswerForm.TEXT
                self.usage += completion.usage or Usage(
                    estimate_tokens(request), estimate_text(completion.text)
                )
                return completion

    async def _call(self, body: dict[str, object]) -> Completion:
        content = await self._calls.complete(body, self._until)
        try:
            return read_completion(content)
        except MalformedCompletion as error:
            raise ServerFailure(FailureKind.MALFORMED, str(error)) from error

    @staticmethod
    def _estimate(request: ModelRequest, failure: ServerFailure) -> Usage:
        """Return what a failed call may have cost: one without an answer was perhaps read."""
        unanswered = failure.kind in {FailureKind.TIMEOUT, FailureKind.CONNECTION}
        return Usage(estimate_tokens(request)) if unanswered else Usage()

    def _check(self, completion: Completion) -> Completion:
        """Return a completion that is whole; raise ModelRefused or ModelNonsense otherwise."""
        if completion.refusal:
            raise ModelRefused(FailureReason.REFUSAL, completion.refusal[:300], usage=self.usage)
        if completion.finish_reason == "content_filter":
            raise ModelRefused(FailureReason.CONTENT_FILTER, usage=self.usage)
        if completion.finish_reason == "length":
            text = "the answer reached the most tokens"
            raise ModelNonsense(FailureReason.CUT_OFF, text, usage=self.usage)
        return completion


def _read_answer(completion: Completion) -> AiAnswer:
    """Return the answer of a completion; one that says nothing is broken, too."""
    if not strip_thoughts(completion.text):
        raise BrokenAnswer("it is empty")
    answer = parse_answer(completion.text)
    if not answer.text and answer.action is not AnswerAction.HANDOVER:
        raise BrokenAnswer('"text" is empty')
    return answer
