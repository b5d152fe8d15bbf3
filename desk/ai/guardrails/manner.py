"""Checks the language, the length and the honesty of an answer. Pure."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from desk.ai.guardrails.evidence import Evidence
from desk.ai.guardrails.plain_text import find_language, split_sentences, squeeze, to_plain
from desk.ai.guardrails.quotes import LEAST_GROUNDING, measure_grounding
from desk.ai.guardrails.verdict import Finding, GuardrailReason
from desk.ai.prompt.neutralise import strip_hidden

# Languages whose words the detector knows. A longer text without such words is in no language.
_DETECTED = frozenset({"en", "id"})
_LONG_TEXT = 60
_MOST_REPEATS = 3
# Parts of emojis, and where words may break.
_HARMLESS = "\u200c\u200d\u00ad\r"
_CLAIMS_PERSON = re.compile(
    r"\b(?:i am|i'm) (?:a |an )?(?:real |actual )?(?:human|person|man|woman)\b"
    r"|\b(?:i am|i'm) not (?:a |an )?(?:bot|robot|ai|machine|assistant|program)\b"
    r"|\bsaya (?:adalah )?(?:seorang )?manusia\b|\bsaya bukan (?:bot|robot|ai|mesin|asisten)\b"
)
_LATIN = "LATIN"
_LEAST_LATIN = 0.6


def check_manner(text: str, evidence: Evidence) -> Iterator[Finding]:
    """Yield what is wrong with the way in which an answer is written."""
    if not text.strip():
        yield Finding(GuardrailReason.EMPTY)
    if len(text) > evidence.max_length:
        yield Finding(GuardrailReason.LENGTH, f"{len(text)} characters")
    repeats = Counter(squeeze(each) for each in split_sentences(text))
    if any(count > _MOST_REPEATS for count in repeats.values()):
        yield Finding(GuardrailReason.LENGTH, "it repeats itself")
    shown = "".join(char for char in text if char not in _HARMLESS)
    if strip_hidden(shown) != shown:
        yield Finding(GuardrailReason.HIDDEN_TEXT)
    for match in _CLAIMS_PERSON.finditer(to_plain(text)):
        yield Finding(GuardrailReason.IDENTITY, match[0])
    yield from _check_language(text, evidence)


def _check_language(text: str, evidence: Evidence) -> Iterator[Finding]:
    language = evidence.language
    if language not in _DETECTED:
        return
    found = find_language(text)
    if (found and found != language) or (found is None and _is_in_no_language(text, evidence)):
        yield Finding(GuardrailReason.LANGUAGE, f"{found or 'unknown'} instead of {language}")
        return
    letters = [char for char in text if char.isalpha()]
    latin = sum(unicodedata.name(char, "").startswith(_LATIN) for char in letters)
    if letters and latin < _LEAST_LATIN * len(letters):
        yield Finding(GuardrailReason.LANGUAGE, f"another script instead of {language}")


def _is_in_no_language(text: str, evidence: Evidence) -> bool:
    """Check a text without usual words: a long one must at least have words of the passages."""
    share = measure_grounding(text, evidence)
    return len(text) > _LONG_TEXT and (share is None or share < LEAST_GROUNDING)
