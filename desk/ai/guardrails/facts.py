"""Checks that the figures and dates of an answer stand in what it rests on. Pure."""

from collections.abc import Iterator

from desk.ai.guardrails.addresses import blank_addresses
from desk.ai.guardrails.dates import find_dates, find_day_ranges
from desk.ai.guardrails.evidence import Evidence
from desk.ai.guardrails.figures import Figure, find_figures
from desk.ai.guardrails.plain_text import remembered, to_plain
from desk.ai.guardrails.verdict import Finding, GuardrailReason


def check_facts(text: str, evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each number, price, date and time that stands nowhere."""
    plain = blank_addresses(to_plain(text))
    dates, figures = list(_find_dates(plain)), list(find_figures(_blank_dates(plain)))
    if not dates and not figures:
        return
    known = frozenset().union(*map(_list_forms, evidence.parts))
    echoed = _list_forms(evidence.said_by_customer)
    for date in dates:
        if not date.proofs & known:
            yield Finding(GuardrailReason.DATE, date.text.strip())
    for figure in figures:
        is_echo = figure.is_name and bool(figure.proofs & echoed)
        if not figure.proofs & known and not is_echo:
            reason = GuardrailReason.PRICE if figure.is_price else GuardrailReason.NUMBER
            yield Finding(reason, figure.text)


@remembered
def _list_forms(text: str) -> frozenset[str]:
    """Return all forms of the figures in a plain text that others are compared with."""
    plain = blank_addresses(text)
    figures = (*_find_dates(plain), *find_figures(plain))
    return frozenset(find_day_ranges(text)).union(*(each.forms for each in figures))


def _find_dates(text: str) -> Iterator[Figure]:
    return (figure for _, figure in find_dates(text))


def _blank_dates(text: str) -> str:
    """Return a text without its dates and times, whose numbers are no figures of their own."""
    characters = list(text)
    for (start, end), _ in find_dates(text):
        characters[start:end] = " " * (end - start)
    return "".join(characters)
