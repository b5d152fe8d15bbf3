"""The schema of the model's structured answer, and how a text becomes such an answer."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from desk.ai.model.ports import AiAnswer, AnswerAction, Citation

SCHEMA_NAME = "answer"
ANSWER_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "action": {
            "type": "string",
            "enum": [each.value for each in AnswerAction],
            "description": "answer: the passages answer the question. clarify: ask the customer "
            "one question. offer: several passages may fit, let the customer choose. handover: a "
            "person must continue.",
        },
        "text": {
            "type": "string",
            "description": "The message to the customer. It never says that it hands over or what "
            "action it takes.",
        },
        "citations": {
            "type": "array",
            "description": "Each passage that the text uses.",
            "items": {
                "type": "object",
                "properties": {
                    "passage_id": {"type": "string", "description": "The id of the passage."},
                    "quote": {"type": "string", "description": "Words of it, copied exactly."},
                },
                "required": ["passage_id", "quote"],
                "additionalProperties": False,
            },
        },
        "confidence": {"type": "number", "description": "From 0 (a guess) to 1 (certain)."},
        "reason": {"type": "string", "description": "For staff: why this action."},
        "language": {"type": "string", "description": "The text's language, such as en or id."},
    },
    "required": ["action", "text", "citations", "confidence", "reason", "language"],
    "additionalProperties": False,
}

FORM_INSTRUCTIONS = (
    "Write your whole reply as one JSON object with exactly these fields and nothing before or "
    'after it: {"action": "answer" | "clarify" | "offer" | "handover", "text": "the message to '
    'the customer", "citations": [{"passage_id": "P1", "quote": "words copied exactly from that '
    'passage"}], "confidence": number from 0 to 1, "reason": "for staff, why this action", '
    '"language": "two letters of the text\'s language"}'
)

_THOUGHTS = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z]{2}")
_MOST_OBJECTS = 20
_PERCENT = 100.0


class BrokenAnswer(Exception):  # noqa: N818 the consequence is the name
    """A text that is no answer of the schema; the text of the error says why."""


def strip_thoughts(text: str) -> str:
    """Return a text without the thoughts that reasoning models write before their answer."""
    return _THOUGHTS.sub("", text).strip()


def parse_answer(text: str) -> AiAnswer:
    """Return the answer in a text; raise BrokenAnswer if there is none.

    The text may be the JSON alone, or have other words or a code fence around it.
    """
    cleaned = strip_thoughts(text)
    problem = "there is no JSON object"
    for found in _find_objects(cleaned):
        try:
            return _to_answer(found)
        except BrokenAnswer as error:
            problem = str(error)
    raise BrokenAnswer(problem)


def _find_objects(text: str) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects that stand in a text, not those inside of others."""
    decoder = json.JSONDecoder()
    start = text.find("{")
    for _ in range(_MOST_OBJECTS):
        if start < 0:
            return
        try:
            found, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            start = text.find("{", start + 1)
            continue
        if isinstance(found, dict):
            yield found
        start = text.find("{", end)


def _to_answer(found: dict[str, Any]) -> AiAnswer:
    return AiAnswer(
        action=_read_action(found.get("action")),
        text=_read_text(found, "text").strip(),
        citations=_read_citations(found.get("citations") or []),
        confidence=_read_confidence(found.get("confidence")),
        reason=_read_text(found, "reason", default="").strip(),
        language=_read_language(found.get("language")),
    )


def _read_action(value: object) -> AnswerAction:
    try:
        return AnswerAction(str(value).strip().lower())
    except ValueError:
        choices = ", ".join(AnswerAction)
        raise BrokenAnswer(f'"action" must be one of {choices}') from None


def _read_text(found: dict[str, Any], name: str, *, default: str | None = None) -> str:
    value = found.get(name, default)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise BrokenAnswer(f'"{name}" must be a text')
    # JSON may hold half characters, which no database and no provider takes.
    return value.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")


def _read_citations(value: object) -> tuple[Citation, ...]:
    if not isinstance(value, list):
        raise BrokenAnswer('"citations" must be a list')
    citations = []
    for each in value:
        if not isinstance(each, dict):
            raise BrokenAnswer('each of "citations" must be an object')
        name = _read_text(each, "passage_id").strip()
        citations.append(Citation(name, _read_text(each, "quote").strip()))
    return tuple(citations)


def _read_confidence(value: object) -> float:
    """Return a number from 0 to 1; percents are understood, everything else is 0."""
    try:
        number = float(str(value).strip().rstrip("%"))
    except ValueError:
        return 0.0
    if not math.isfinite(number):
        return 0.0
    if 1.0 < number <= _PERCENT:
        number /= _PERCENT
    return min(max(number, 0.0), 1.0)


def _read_language(value: object) -> str:
    code = str(value or "").strip().lower()[:2]
    return code if _LANGUAGE.fullmatch(code) else ""
