"""What an answer may rest on. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from desk.ai.guardrails.instructions import strip_instructions
from desk.ai.guardrails.plain_text import remembered, to_plain
from desk.ai.prompt.prompt import Prompt

DEFAULT_LENGTH = 1_500
_LONGEST_PART, _LONGEST_WORDS = 20_000, 10_000


@dataclass(frozen=True)
class Evidence:
    """The grounds of one answer, and what it must not contain."""

    # The texts that may be cited, by the labels of the prompt.
    sources: Mapping[str, str]
    products: str = ""
    # What colleagues and the assistant said in this session: it was checked, or a person said it.
    staff_words: Sequence[str] = ()
    # What the customer said in this session: it proves nothing, but may be repeated in part.
    customer_words: Sequence[str] = ()
    # Further facts, links, addresses and phone numbers that the operator allows, in any words.
    allowed: Sequence[str] = ()
    canary: str = field(default="", repr=False)
    private: str = field(default="", repr=False)
    # Values that must never be sent, such as keys.
    secrets: Collection[str] = field(default=(), repr=False)
    # Names of other clients that the answer contains (desk/ai/guardrails/other_clients.py).
    other_names: Collection[str] = ()
    # The two letters of the language to answer in; None: any.
    language: str | None = None
    max_length: int = DEFAULT_LENGTH

    @cached_property
    def knowledge(self) -> Mapping[str, str]:
        """Return the sources without what speaks to a model, by their labels."""
        return {label: strip_instructions(text) for label, text in self.sources.items()}

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """Return all texts that facts may come from, as plain texts.

        They stay apart because most of them come again in other turns: what is read from a part is
        kept (`@remembered`).
        """
        given = (*self.knowledge.values(), self.products, *self.staff_words, *self.allowed)
        return tuple(dict.fromkeys(_to_part(text) for text in given if text))

    @cached_property
    def facts(self) -> str:
        """Return all that facts may come from, as one plain text."""
        return "\n".join(self.parts)

    @cached_property
    def said_by_customer(self) -> str:
        return to_plain("\n".join(self.customer_words)[-_LONGEST_WORDS:])


@remembered
def _to_part(text: str) -> str:
    return to_plain(text[:_LONGEST_PART])


def build_evidence(
    prompt: Prompt,
    *,
    staff_words: Sequence[str] = (),
    customer_words: Sequence[str] = (),
    allowed: Sequence[str] = (),
    secrets: Collection[str] = (),
    other_names: Collection[str] = (),
    language: str | None = None,
    max_length: int = DEFAULT_LENGTH,
) -> Evidence:
    """Return the grounds of an answer to a prompt."""
    return Evidence(
        sources=prompt.sources,
        products=prompt.products,
        staff_words=staff_words,
        customer_words=customer_words,
        allowed=allowed,
        canary=prompt.canary,
        private=prompt.private,
        secrets=secrets,
        other_names=other_names,
        language=language,
        max_length=max_length,
    )
