"""Notice questions about the customer's own order, bill or appointment: no article answers them."""

import re

_NUMBER = re.compile(r"\b(?=\w*\d{3})[a-z]{0,4}\d{4,}\b")
_MINE = r"\b(?:saya|ku|aku|gue|gw)\b"
_OWN = tuple(
    re.compile(each)
    for each in (
        r"\b(?:has|have|did|does|is|are|was|why|where|which|what|when)\b.{0,25}\bmy\b",
        r"\b(?:why|where|which|did|has)\b.{0,40}\b(?:i|me|my)\b",
        rf"{_MINE}.{{0,30}}\b(?:mana|brp|berapa|udah|sudah|udh|blm|belum|kok|ya|status|kapan)\b",
        rf"\b(?:kok|mana|kenapa|knp|mengapa)\b.{{0,40}}{_MINE}",
    )
)
_PRESENT = re.compile(
    r"\b(?:now|today|this (?:month|morning|week)|yesterday|sekarang|skrg|hari ini|bulan ini|tadi|"
    r"kemarin|(?:on |from )?(?:mon|tues|wednes|thurs|fri|satur|sun)day|the \d+(?:th|st|nd|rd))\b"
)


def is_about_own(question: str) -> bool:
    """Return whether a question may be about something of the customer's own."""
    return any(each.search(question) for each in _OWN)


def is_surely_about_own(question: str) -> bool:
    """Return whether a question names a number, or the state of something of one's own now."""
    if _NUMBER.search(question):
        return True
    return is_about_own(question) and _PRESENT.search(question) is not None
