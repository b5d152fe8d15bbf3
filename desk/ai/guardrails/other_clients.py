"""Finds names of other clients in an answer: nobody may learn who else is a customer."""

import re
from collections.abc import Iterator, Sequence

from db.database import Transaction
from db.ids import ClientId
from db.queries.ai.client_names import find_clients_named
from desk.ai.guardrails.evidence import Evidence
from desk.ai.guardrails.plain_text import squeeze

_NAME = re.compile(r"\b[^\W\d_a-z][\w'-]+(?:[ ][^\W\d_a-z][\w'-]+){0,3}")
_MOST_CANDIDATES = 100


def list_candidates(text: str, evidence: Evidence) -> list[str]:
    """Return what may be names in a text: capitalised words that stand in no evidence. Pure.

    That the customer named somebody is no reason to speak of them.
    """
    known = squeeze(evidence.facts)
    found = dict.fromkeys(
        part
        for match in _NAME.finditer(" ".join(text.split()))
        for part in _list_parts(match[0].split(" "))
        if squeeze(part) not in known
    )
    return list(found)[:_MOST_CANDIDATES]


def _list_parts(words: list[str]) -> Iterator[str]:
    """Yield each run of neighbouring words, the longest first.

    A first name alone identifies nobody, and is often a usual word.
    """
    for length in range(len(words), 1, -1):
        for start in range(len(words) - length + 1):
            yield " ".join(words[start : start + length])


async def find_other_names(
    tx: Transaction, candidates: Sequence[str], client_id: ClientId
) -> list[str]:
    """Return those of these candidates that are names of other clients."""
    return await find_clients_named(tx, candidates, client_id) if candidates else []
