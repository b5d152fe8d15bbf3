"""The stand-in's own answers: sensible sentences from the passages of the prompt, no model."""

import re

from sandbox.common.json_shapes import Json
from sandbox.openai.prompt_reading import Passage, Prompt

_WORD = re.compile(r"[\w']+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_INDONESIAN = frozenset(
    _WORD.findall(
        "yang saya dan di ke dari ini itu apa bagaimana berapa tidak bisa ada untuk kami kapan mana"
        " apakah anda dengan atau jika pada akan sudah belum mau kak dong ya tolong gimana"
    )
)
_COMMON = _INDONESIAN | frozenset(
    _WORD.findall(
        "the a an is are was do does did can could i you we my your it to of in on for and or how"
        " what when where which who why be have has with at from this that there me us please"
    )
)
_PERSON = re.compile(
    r"\b(?:human|real person|a person|speak to (?:someone|an agent)|talk to (?:someone|an agent)"
    r"|orang asli|manusia|bicara dengan orang|cs asli|petugas)\b",
    re.IGNORECASE,
)
_GREETING = re.compile(r"^(?:hi|hello|hey|halo|hai|selamat \w+|permisi)\b", re.IGNORECASE)
_ENOUGH = 0.34
_SURE = 0.9
_SENTENCES = 2
_SUMMARY_LENGTH = 300
_TEXTS = {
    "en": {
        "handover": "I will ask a colleague to help you with this.",
        "greeting": "Hello! What can I help you with?",
        "clarify": "Could you tell me a little more about what you need?",
    },
    "id": {
        "handover": "Saya akan meminta rekan saya membantu Anda.",
        "greeting": "Halo! Ada yang bisa saya bantu?",
        "clarify": "Bisa ceritakan sedikit lebih banyak tentang kebutuhan Anda?",
    },
}


def think(prompt: Prompt) -> Json:
    """Return a structured answer to the customer's last message."""
    language = guess_language(prompt.last)
    texts = _TEXTS[language]
    if _PERSON.search(prompt.last):
        return _answer("handover", texts["handover"], language, _SURE, "the customer asks for one")
    words = _words(prompt.last)
    if not words:
        greets = _GREETING.match(prompt.last)
        text = texts["greeting" if greets else "clarify"]
        return _answer("clarify", text, language, 0.5, "nothing is asked yet")
    best, score = _find_best(prompt.passages, words)
    if best is None or score < _ENOUGH:
        return _answer("handover", texts["handover"], language, score, "no passage answers this")
    quote = _choose_sentences(best, words)
    answer = _answer("answer", quote, language, min(_SURE, score), f"{best.id} answers this")
    return {**answer, "citations": [{"passage_id": best.id, "quote": quote}]}


def write(prompt: Prompt) -> str:
    """Return free text: the beginning of what was asked to be worked on."""
    text = " ".join(prompt.last.split())
    return text[:_SUMMARY_LENGTH] or "Nothing to report."


def guess_language(text: str) -> str:
    """Return "id" if a text has common Indonesian words, else "en"."""
    return "id" if any(word in _INDONESIAN for word in _WORD.findall(text.lower())) else "en"


def _answer(action: str, text: str, language: str, confidence: float, reason: str) -> Json:
    return {
        "action": action,
        "text": text,
        "citations": [],
        "confidence": round(confidence, 2),
        "reason": reason,
        "language": language,
    }


def _words(text: str) -> set[str]:
    found = {word.strip("'") for word in _WORD.findall(text.lower())}
    return {_stem(word) for word in found - _COMMON if len(word) > 1}


def _stem(word: str) -> str:
    for ending in ("ing", "nya", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) > 2:  # noqa: PLR2004 a stem's length
            return word.removesuffix(ending)
    return word


def _find_best(passages: tuple[Passage, ...], words: set[str]) -> tuple[Passage | None, float]:
    """Return the passage that has the most of the words, and the share that it has."""
    best, best_score = None, 0.0
    for passage in passages:
        score = len(words & _words(passage.text)) / len(words)
        if score > best_score:
            best, best_score = passage, score
    return best, best_score


def _choose_sentences(passage: Passage, words: set[str]) -> str:
    """Return the best sentence of a passage and the one after it, verbatim."""
    text = passage.text
    sentences = [each for each in _SENTENCE.split(text) if each.strip()]
    scores = [len(words & _words(each)) for each in sentences]
    start = text.index(sentences[scores.index(max(scores))])
    rest = [each for each in _SENTENCE.split(text[start:]) if each.strip()][:_SENTENCES]
    end = start
    for each in rest:
        end = text.index(each, end) + len(each)
    return " ".join(text[start:end].split())
