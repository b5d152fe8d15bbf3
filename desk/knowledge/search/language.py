"""Detect the language of a question by its function words."""

from desk.knowledge.search.lexicon import load_lexicon
from desk.knowledge.search.words import MAX_WORDS, split_words


def detect_language(text: str) -> str | None:
    """Return the language that most function words are of; None: the words do not tell."""
    lexicon = load_lexicon()
    counts = dict.fromkeys(lexicon.function_words, 0)
    for word in split_words(text, MAX_WORDS):
        of = [each for each, words in lexicon.function_words.items() if word in words]
        if len(of) == 1:
            counts[of[0]] += 1
    ranked = sorted(counts, key=lambda each: counts[each], reverse=True)
    first, second = ranked[0], ranked[1]
    return first if counts[first] > counts[second] else None
