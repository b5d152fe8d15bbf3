"""What AI agents need from a language model, and how a call can fail.

ModelError            a call without a usable answer; `reason` says why, `usage` what it cost
├── ModelUnavailable  the server did not answer: time-out, 429, 5xx, connection, wrong settings
├── ModelRefused      the server or the model refuses this request; the same request fails again
├── ModelNonsense     an answer came that is of no use: broken, empty or cut
├── BudgetExceeded    not called: the session or the day has used its tokens
└── CircuitOpen       not called: the server failed so often that it is left alone for a while
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Speaker(StrEnum):
    """The speaker of a message in the prompt, in the words of the chat completions API."""

    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class PromptImage:
    """A picture that a customer sent."""

    data: bytes = field(repr=False)
    mime_type: str


@dataclass(frozen=True, slots=True)
class PromptMessage:
    """One message of the prompt, already built: its text is shown to the model as it is."""

    speaker: Speaker
    text: str
    images: tuple[PromptImage, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One call: the prompt, the model, and the seconds that it may take with all its tries."""

    system: str
    messages: tuple[PromptMessage, ...]
    model: str
    # The most tokens that the answer may have.
    max_tokens: int
    deadline: float
    # None: the server's default. Some models accept no other.
    temperature: float | None = None


class AnswerAction(StrEnum):
    """What the model wants to do. A handover is this field, never words in the text."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    OFFER = "offer"
    HANDOVER = "handover"


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage that the answer used, and the words that it took from there, verbatim."""

    passage_id: str
    quote: str


@dataclass(frozen=True, slots=True)
class AiAnswer:
    """The model's structured answer; nothing of it is checked yet (desk/ai/guardrails)."""

    action: AnswerAction
    text: str
    citations: tuple[Citation, ...] = ()
    # From 0 to 1, in the model's own opinion.
    confidence: float = 0.0
    # For staff: why the model chose this action.
    reason: str = ""
    # The language of the text, as a two-letter code; empty if the model named none.
    language: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one or more calls; estimated when the server did not count them."""

    tokens_in: int = 0
    tokens_out: int = 0

    @property
    def total(self) -> int:
        return self.tokens_in + self.tokens_out

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(self.tokens_in + other.tokens_in, self.tokens_out + other.tokens_out)


class AnswerForm(StrEnum):
    """How the server was asked for a structured answer."""

    JSON_SCHEMA = "json_schema"
    JSON_OBJECT = "json_object"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class ModelReply:
    """An answer, and what it cost."""

    answer: AiAnswer
    usage: Usage
    # Seconds, with all tries.
    duration: float
    form: AnswerForm
    # The model that answered, in the server's words.
    model: str


@dataclass(frozen=True, slots=True)
class WrittenText:
    """A free text (a summary, a translation, a follow-up), and what it cost."""

    text: str
    usage: Usage
    duration: float
    model: str


class LanguageModel(Protocol):
    """A language model; raises only `ModelError`."""

    async def answer(self, request: ModelRequest) -> ModelReply:
        """Return the model's structured answer. The schema is described by the callee."""
        ...

    async def write(self, request: ModelRequest) -> WrittenText:
        """Return free text."""
        ...


@dataclass(frozen=True, slots=True)
class Embeddings:
    """One vector for each text, in their order, and what they cost."""

    vectors: list[list[float]]
    usage: Usage
    model: str


class Embedder(Protocol):
    """A server that turns texts into vectors; raises only `ModelError`."""

    async def embed(self, texts: Sequence[str], *, deadline: float) -> Embeddings:
        """Return one vector for each text, in their order."""
        ...


class FailureReason(StrEnum):
    """Why a call gave no usable answer; stored with the turn and shown to staff."""

    TIMEOUT = "timeout"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    CONNECTION = "connection"
    # The address, the key or the model's name is wrong: an operator has to repair it.
    MISCONFIGURED = "misconfigured"
    # Too many calls of our own run at once.
    BUSY = "busy"
    REJECTED = "rejected"
    REFUSAL = "refusal"
    CONTENT_FILTER = "content_filter"
    BROKEN_ANSWER = "broken_answer"
    EMPTY_ANSWER = "empty_answer"
    # The answer ended early: the most tokens were reached, or the connection broke in the middle.
    CUT_OFF = "cut_off"
    SESSION_BUDGET = "session_budget"
    DAY_BUDGET = "day_budget"
    CIRCUIT_OPEN = "circuit_open"


class ModelError(Exception):
    """A call without a usable answer."""

    def __init__(
        self, reason: FailureReason, detail: str = "", *, usage: Usage | None = None
    ) -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        # In technical words, for the log; without keys and without the prompt.
        self.detail = detail
        self.usage = usage or Usage()


class ModelUnavailable(ModelError):  # noqa: N818 the consequence is the name
    """The server did not answer; it asks to wait `retry_after` seconds, if it said so."""

    def __init__(
        self,
        reason: FailureReason,
        detail: str = "",
        *,
        usage: Usage | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(reason, detail, usage=usage)
        self.retry_after = retry_after


class ModelRefused(ModelError):  # noqa: N818 the consequence is the name
    """The server or the model refuses this request."""


class ModelNonsense(ModelError):  # noqa: N818 the consequence is the name
    """An answer of no use, also after one repair."""


class BudgetExceeded(ModelError):  # noqa: N818 the consequence is the name
    """The session or the day has used its tokens; the model was not called."""


class CircuitOpen(ModelError):  # noqa: N818 the consequence is the name
    """The server failed too often; the model was not called. Try in `retry_after` seconds."""

    def __init__(self, detail: str = "", *, retry_after: float = 0.0) -> None:
        super().__init__(FailureReason.CIRCUIT_OPEN, detail)
        self.retry_after = retry_after
