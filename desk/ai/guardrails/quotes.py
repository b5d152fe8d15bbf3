"""Checks the citations of an answer: the quotes stand in their passages. Pure."""

from collections.abc import Iterator

from desk.ai.guardrails.evidence import Evidence
from desk.ai.guardrails.plain_text import list_words, remembered, squeeze
from desk.ai.guardrails.verdict import Finding, GuardrailReason
from desk.ai.model.ports import Citation

# A quote of fewer letters would stand in any text.
_SHORTEST_QUOTE = 8
_EDGES = " .,;:!?\"'()[]-*_…"
# Words of this length or more carry meaning; they are compared by their beginning.
_LONG_WORD, _STEM = 4, 5
_FEWEST_WORDS = 6
LEAST_GROUNDING = 0.35


def find_true_citations(
    citations: tuple[Citation, ...], evidence: Evidence
) -> tuple[Citation, ...]:
    """Return the citations whose quotes stand in their passages."""
    return tuple(each for each in citations if _check(each, evidence) is None)


def check_citations(citations: tuple[Citation, ...], evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each citation that is not true, and one if there is none at all."""
    if not citations:
        yield Finding(GuardrailReason.NO_CITATION)
    for each in citations:
        reason = _check(each, evidence)
        if reason is not None:
            yield Finding(reason, f"{each.passage_id}: {each.quote}"[:200])


def _check(citation: Citation, evidence: Evidence) -> GuardrailReason | None:
    source = evidence.knowledge.get(citation.passage_id)
    if source is None:
        return GuardrailReason.UNKNOWN_PASSAGE
    text = _squeeze_source(source)
    quote = squeeze(citation.quote).strip(_EDGES)
    # Short passages may be quoted whole.
    is_long = len(quote) >= min(_SHORTEST_QUOTE, len(text.strip(_EDGES)))
    return None if quote and is_long and quote in text else GuardrailReason.WRONG_QUOTE


def check_grounding(text: str, evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding if an answer has too few words in common with what it rests on.

    Only for texts in the language of the sources; the caller decides that.
    """
    share = measure_grounding(text, evidence)
    if share is not None and share < LEAST_GROUNDING:
        yield Finding(GuardrailReason.NOT_GROUNDED, f"{share:.2f} of its words are known")


def measure_grounding(text: str, evidence: Evidence) -> float | None:
    """Return the share of a text's words that the evidence has; None: it has too few words."""
    stems = [word[:_STEM] for word in list_words(text) if len(word) >= _LONG_WORD]
    if len(stems) < _FEWEST_WORDS:
        return None
    known = frozenset().union(*map(_list_stems, evidence.parts))
    return sum(stem in known for stem in stems) / len(stems)


@remembered
def _list_stems(text: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in list_words(text))


@remembered
def _squeeze_source(text: str) -> str:
    return squeeze(text)
