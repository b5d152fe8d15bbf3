"""The verdict of the guardrails: what is wrong with an answer, each with its reason."""

from dataclasses import dataclass
from enum import StrEnum

from desk.ai.model.ports import Citation


class GuardrailReason(StrEnum):
    """Why an answer must not be sent; stored with the turn and shown to staff."""

    EMPTY = "empty"
    # It rests on no passage, on one that was not shown, or on words that do not stand there.
    NO_CITATION = "no_citation"
    UNKNOWN_PASSAGE = "unknown_passage"
    WRONG_QUOTE = "wrong_quote"
    # Its words have too little to do with the passages.
    NOT_GROUNDED = "not_grounded"
    # It names what stands nowhere.
    NUMBER = "number"
    PRICE = "price"
    DATE = "date"
    LINK = "link"
    CONTACT = "contact"
    # It promises, or says that something was done.
    PROMISE = "promise"
    CLAIM = "claim"
    # It is about somebody else, or claims to be a person.
    OTHER_CLIENT = "other_client"
    IDENTITY = "identity"
    # It lets out what nobody may see, or asks for it.
    CANARY = "canary"
    SECRET = "secret"  # noqa: S105 a reason, no password
    PROMPT = "prompt"
    ASKS_SECRET = "asks_secret"  # noqa: S105 a reason, no password
    LANGUAGE = "language"
    LENGTH = "length"
    HIDDEN_TEXT = "hidden_text"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and the words in question."""

    reason: GuardrailReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """All findings, and the citations that are true."""

    findings: tuple[Finding, ...]
    citations: tuple[Citation, ...] = ()
    # The share of the answer's citations that are true; 0 if it has none.
    support: float = 0.0

    @property
    def passed(self) -> bool:
        """Return whether the answer may be sent."""
        return not self.findings

    @property
    def reasons(self) -> tuple[GuardrailReason, ...]:
        """Return each reason once."""
        return tuple(dict.fromkeys(each.reason for each in self.findings))
