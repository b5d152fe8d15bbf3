"""Split texts into the words that are searched: spelled in one way, without function words."""

import re
import threading
import unicodedata
from collections.abc import Sequence
from functools import cache

from desk.knowledge.search.lexicon import LANGUAGES, Lexicon, load_lexicon

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_ALGORITHMS = {"en": "english", "id": "indonesian"}
# A question may be a whole pasted letter: its first words are enough.
MAX_WORDS = 60
# How verbs begin in the spoken language, and what stands there in the written one; a short word is
# none of them.
_NASALS = {"ny": ("s", "c"), "ng": ("", "k")}
_SPOKEN_END = re.compile(r"e([bcdfghklmnprst]+)$")
_MIN_SPOKEN = 4
# A shorter rest of a word with `-nya` is none.
_MIN_REST = 3


def fold(text: str) -> str:
    """Return the text in lower case, without accents and stretched letters."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(each for each in plain if not unicodedata.combining(each))
    return _STRETCHED.sub(r"\1", plain.replace("\u2019", "'"))


def split_words(text: str, most: int | None = None) -> list[str]:
    """Split a text into words: slang spelled out, phrases joined, function words included."""
    lexicon = load_lexicon()
    words: list[str] = []
    for match in _WORD.finditer(fold(text)):
        word = match[0]
        meaning = lexicon.slang.get(word)
        words += meaning or (word,)
        if most is not None and len(words) >= most:
            break
    return _join_phrases([_strip_clitic(each, lexicon) for each in words], lexicon)


def _strip_clitic(word: str, lexicon: Lexicon) -> str:
    """Return an Indonesian word without `-nya` (its), where the rest is a word that is known."""
    rest = word.removesuffix("nya")
    if rest != word and len(rest) >= _MIN_REST:
        meaning = lexicon.slang.get(rest)
        if meaning is not None and len(meaning) == 1:
            return meaning[0]
        if rest in lexicon.concepts or rest in lexicon.all_function_words:
            return rest
    return word.removesuffix("'s")


def _join_phrases(words: Sequence[str], lexicon: Lexicon) -> list[str]:
    joined: list[str] = []
    at = 0
    while at < len(words):
        for size in range(min(lexicon.longest_phrase, len(words) - at), 1, -1):
            together = lexicon.phrases.get(tuple(words[at : at + size]))
            if together is not None:
                joined += together
                at += size
                break
        else:
            joined.append(words[at])
            at += 1
    return joined


def keep_content(words: Sequence[str]) -> list[str]:
    """Return the words that carry meaning."""
    function_words = load_lexicon().all_function_words
    return [
        each for each in words if each not in function_words and (len(each) > 1 or each.isdigit())
    ]


class _Stemmers(threading.local):
    """The stemmers of one thread: they are not safe to share."""

    def __init__(self) -> None:
        # Imported at the first stem: the language of a text is detected without it.
        import Stemmer  # noqa: PLC0415 see above

        self.by_language = {each: Stemmer.Stemmer(_ALGORITHMS[each]) for each in LANGUAGES}


@cache
def _load_stemmers() -> _Stemmers:
    return _Stemmers()


def stem(word: str) -> tuple[str, ...]:
    """Return the stems of a word in each language: which one it belongs to is not known."""
    if word[0] == "?" or word.isdigit():
        return (word,)
    of = _load_stemmers().by_language
    stems = [of[each].stemWord(word) for each in LANGUAGES]
    stems += [of["id"].stemWord(each) for each in _list_written_forms(word)]
    return tuple(stems)


def _list_written_forms(word: str) -> list[str]:
    """List what an Indonesian word of the spoken language may be when it is written.

    `nyimpen` is `simpan`, `ngambil` is `ambil`, `anterin` is `antar`.
    """
    forms = [word.removesuffix("in")] if word.endswith("in") and len(word) > _MIN_SPOKEN else []
    base = forms[0] if forms else word
    if len(base) > _MIN_SPOKEN:
        forms += [written + base[2:] for written in _NASALS.get(base[:2], ())]
    ends_spoken = [each for each in (base, *forms) if _SPOKEN_END.search(each)]
    return list(dict.fromkeys([*forms, *(_SPOKEN_END.sub(r"a\1", each) for each in ends_spoken)]))
