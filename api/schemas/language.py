"""The language that the caller of the API reads: what people read is said in it.

Programs compare types and codes, which are the same in every language. Who names no language of
ours in Accept-Language reads English.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from desk.setup.findings import CheckResult
from desk.setup.findings_translation import translate_result
from desk.texts import choose_accepted_language
from desk.texts.sentences import translate_sentence

_language: ContextVar[str] = ContextVar("language", default="en")


@contextmanager
def speak(accepted: str) -> Iterator[None]:
    """Answer in the first of our languages that is `accepted`, as Accept-Language names them."""
    before = _language.set(choose_accepted_language(accepted))
    try:
        yield
    finally:
        _language.reset(before)


def get_language() -> str:
    """Return the caller's language."""
    return _language.get()


def say(sentence: str) -> str:
    """Return one of our English sentences in the caller's language."""
    return translate_sentence(_language.get(), sentence)


def say_result(result: CheckResult) -> CheckResult:
    """Return a check result in the caller's language."""
    return translate_result(result, _language.get())
