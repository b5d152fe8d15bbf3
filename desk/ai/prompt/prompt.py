"""Builds the prompt of a turn: rules, style, passages, products, and this session alone. Pure."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from desk.ai.config import Product
from desk.ai.model.ports import PromptImage, PromptMessage, Speaker
from desk.ai.prompt import rules
from desk.ai.prompt.neutralise import neutralise, neutralise_line
from desk.knowledge.ports import FoundPassage

_CANARY_BYTES = 8
_MESSAGE_LENGTH = 2_000
_HISTORY_LENGTH = 8_000
_PASSAGE_LENGTH = 2_500
_KNOWLEDGE_LENGTH = 6_000
_STYLE_LENGTH = 2_000
_CONDITION_LENGTH = 300
_NAME_LENGTH = 80
_MOST_PRODUCTS = 100
_BEGINNING = "(The conversation begins.)"
# The label of the agent's own knowledge, which is a passage as those of the articles are.
OWN_KNOWLEDGE = "K1"


class Author(StrEnum):
    """The author of a message of the session, as the model sees it."""

    CUSTOMER = "customer"
    ASSISTANT = "assistant"
    COLLEAGUE = "colleague"


@dataclass(frozen=True, slots=True)
class SessionMessage:
    """One message of this session."""

    author: Author
    text: str
    file_name: str | None = None
    is_forwarded: bool = False
    images: tuple[PromptImage, ...] = ()


@dataclass(frozen=True, slots=True)
class PromptInput:
    """What a turn knows."""

    # All of this session, oldest first; the last ones are what is to be answered.
    messages: Sequence[SessionMessage]
    now: datetime
    passages: Sequence[FoundPassage] = ()
    style: str = ""
    # What the configuration says beside the articles.
    knowledge: str = ""
    products: Sequence[Product] = ()
    handover_conditions: Sequence[str] = ()
    customer_name: str | None = None
    # The language to answer in; None: that of the customer's last message.
    language: str | None = None
    canary: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the model sees, and what its citations mean."""

    system: str = field(repr=False)
    messages: tuple[PromptMessage, ...]
    # The texts that may be cited, by the label that the model sees: it never sees an id of ours.
    sources: Mapping[str, str]
    # The passages of articles by their label.
    passages: Mapping[str, FoundPassage]
    products: str
    canary: str = field(repr=False)
    # The parts that are nobody's business: rules, style, conditions.
    private: str = field(repr=False)


def make_canary() -> str:
    """Return a mark for one prompt: an answer that contains it has leaked the prompt."""
    return secrets.token_hex(_CANARY_BYTES)


def build_prompt(given: PromptInput) -> Prompt:
    """Return the prompt of a turn."""
    canary = given.canary or make_canary()
    passages = {f"P{number}": each for number, each in enumerate(given.passages, start=1)}
    sources = {label: neutralise(each.text, _PASSAGE_LENGTH) for label, each in passages.items()}
    titles = {label: each.title for label, each in passages.items()}
    if given.knowledge.strip():
        sources[OWN_KNOWLEDGE] = neutralise(given.knowledge, _KNOWLEDGE_LENGTH)
    products = _build_products(given.products)
    private = _build_private(given)
    system = "\n\n".join(
        part
        for part in (
            private,
            rules.MARK.format(canary=canary),
            _build_language(given),
            rules.NOW.format(now=f"{given.now:%A, %Y-%m-%d %H:%M %Z}".strip()),
            products and f"{rules.PRODUCTS_HEADING}\n<products>\n{products}\n</products>",
            _build_passages(sources, titles),
        )
        if part
    )
    return Prompt(
        system, _build_messages(given), sources, passages, products, canary=canary, private=private
    )


def _build_private(given: PromptInput) -> str:
    parts = [rules.RULES]
    if given.handover_conditions:
        each = (neutralise_line(one, _CONDITION_LENGTH) for one in given.handover_conditions)
        parts.append("\n".join([rules.HANDOVER_HEADING, *(f"- {line}" for line in each)]))
    if given.style.strip():
        style = neutralise(given.style, _STYLE_LENGTH)
        parts.append(f"{rules.STYLE_HEADING}\n<style>\n{style}\n</style>")
    return "\n\n".join(parts)


def _build_language(given: PromptInput) -> str:
    if given.language is None:
        return rules.SAME_LANGUAGE
    return rules.LANGUAGE.format(language=neutralise_line(given.language, 10))


def _build_products(products: Sequence[Product]) -> str:
    lines = []
    for each in products[:_MOST_PRODUCTS]:
        facts = (each.name, each.price, each.description)
        known = (neutralise_line(fact, _CONDITION_LENGTH) for fact in facts if fact.strip())
        lines.append(f"- {' | '.join(known)}")
    return "\n".join(lines)


def _build_passages(sources: Mapping[str, str], titles: Mapping[str, str]) -> str:
    if not sources:
        return rules.NO_PASSAGES
    blocks = [rules.PASSAGES_HEADING]
    for label, text in sources.items():
        title = neutralise_line(titles.get(label, "About the company"), _NAME_LENGTH)
        blocks.append(f'<passage id="{label}" title="{title}">\n{text}\n</passage>')
    return "\n".join(blocks)


def _build_messages(given: PromptInput) -> tuple[PromptMessage, ...]:
    """Return the session's last messages; neighbours of the same role are one.

    The templates of some models demand that roles alternate, and that the user's is first.
    """
    built: list[PromptMessage] = []
    for each in _choose_messages(given.messages):
        speaker = Speaker.USER if each.author is Author.CUSTOMER else Speaker.ASSISTANT
        text = _build_text(each, given.customer_name)
        if built and built[-1].speaker is speaker:
            last = built.pop()
            text, images = f"{last.text}\n{text}", (*last.images, *each.images)
        else:
            images = each.images
        built.append(PromptMessage(speaker, text, images))
    if not built or built[0].speaker is Speaker.ASSISTANT:
        built.insert(0, PromptMessage(Speaker.USER, _BEGINNING))
    return tuple(built)


def _choose_messages(messages: Sequence[SessionMessage]) -> list[SessionMessage]:
    """Return the newest messages that fit, oldest first."""
    chosen: list[SessionMessage] = []
    left = _HISTORY_LENGTH
    for each in reversed(messages):
        left -= min(len(each.text), _MESSAGE_LENGTH)
        if chosen and left < 0:
            break
        chosen.append(each)
    return chosen[::-1]


def _build_text(message: SessionMessage, customer_name: str | None) -> str:
    text = neutralise(message.text, _MESSAGE_LENGTH)
    if message.author is Author.COLLEAGUE:
        return f"(A colleague wrote:) {text}"
    if message.author is Author.ASSISTANT:
        return text
    lines = []
    if customer_name:
        lines.append(f"(The customer's name: {neutralise_line(customer_name, _NAME_LENGTH)})")
    if message.is_forwarded:
        lines.append("(The customer forwarded this from somebody else:)")
    if message.file_name:
        lines.append(f"(A file: {neutralise_line(message.file_name, _NAME_LENGTH)})")
    if text:
        lines.append(text)
    return "\n".join(["<customer_message>", *lines, "</customer_message>"])
