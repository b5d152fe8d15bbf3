"""Translate English sentences with values in them: the English text is the key."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

_VALUE = re.compile(r"\{(\d)\}")
_MOST = 1000


@dataclass(frozen=True, slots=True)
class _Template:
    """An English text with values in it, and what it is in another language."""

    pattern: re.Pattern[str]
    translated: str


class Catalogue:
    """The translations of one language."""

    def __init__(self, texts: dict[str, str]) -> None:
        self._exact = {text: said for text, said in texts.items() if not _VALUE.search(text)}
        # The longest first: it says the most about a text that several of them fit.
        with_values = sorted(
            (text for text in texts if _VALUE.search(text)),
            key=lambda text: (-len(_VALUE.sub("", text)), text),
        )
        self._templates = [_Template(_to_pattern(text), texts[text]) for text in with_values]

    def translate(self, text: str) -> str:
        """Return a text in this language, or as it is if there is no translation."""
        if text in self._exact:
            return self._exact[text]
        if len(text) > _MOST:
            # It is no sentence of ours, and every pattern would be tried on it.
            return text
        for template in self._templates:
            if found := template.pattern.fullmatch(text):
                values = [self.translate(value) for value in found.groups()]
                return _VALUE.sub(lambda at: values[int(at[1]) - 1], template.translated)  # noqa: B023 called at once
        return text


def read_texts(file: Path) -> dict[str, str]:
    """Read a file of translations: those of all its tables, and its list `same`."""
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    texts = {text: text for text in content.get("same", [])}
    for each in content.values():
        texts |= each if isinstance(each, dict) else {}
    return texts


def _to_pattern(text: str) -> re.Pattern[str]:
    parts = _VALUE.split(text)
    # Every second part is a value's number.
    return re.compile(
        "".join("(.+?)" if at % 2 else re.escape(part) for at, part in enumerate(parts)), re.DOTALL
    )
