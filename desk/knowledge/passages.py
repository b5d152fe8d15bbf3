"""Cut the text of an article into passages, and find the former ones among them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from db.ids import PassageId
from desk.knowledge.limits import MAX_PASSAGE

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_SENTENCE_END = re.compile(r"(?<=[.!?:;])\s+|\n")


def split_passages(text: str) -> list[str]:
    """Cut a text at its blank lines; what is too long is cut at the ends of sentences, too."""
    passages: list[str] = []
    for paragraph in _BLANK_LINE.split(text.replace("\r\n", "\n").strip()):
        passages += _split_long(paragraph.strip())
    return [each for each in passages if each]


def _split_long(paragraph: str) -> list[str]:
    if len(paragraph) <= MAX_PASSAGE:
        return [paragraph]
    parts: list[str] = []
    current = ""
    for sentence in _SENTENCE_END.split(paragraph):
        for piece in (
            sentence[at : at + MAX_PASSAGE] for at in range(0, len(sentence), MAX_PASSAGE)
        ):
            if current and len(current) + 1 + len(piece) > MAX_PASSAGE:
                parts.append(current)
                current = piece
            else:
                current = f"{current} {piece}".strip()
    return [*parts, current]


@dataclass(frozen=True, slots=True)
class KeptPassage:
    """A passage of a changed article; `former`: the passage that it was, if there is one."""

    text: str
    former: PassageId | None


def match_former(
    former: Sequence[tuple[PassageId, str]], texts: Sequence[str]
) -> list[KeptPassage]:
    """Find for each new passage the former one whose id and typical questions it keeps.

    Equal texts first; of the others, those that stand at the same place among the others.
    """
    free: dict[str, list[PassageId]] = {}
    for passage_id, text in former:
        free.setdefault(text, []).append(passage_id)
    equal = [free[text].pop(0) if free.get(text) else None for text in texts]
    taken = {each for each in equal if each is not None}
    rest = iter([passage_id for passage_id, _ in former if passage_id not in taken])
    return [
        KeptPassage(text, kept or next(rest, None)) for text, kept in zip(texts, equal, strict=True)
    ]
