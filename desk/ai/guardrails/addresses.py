"""Checks links, e-mail addresses, phone numbers and account names of an answer. Pure."""

import re
from collections.abc import Iterator

from desk.ai.guardrails.evidence import Evidence
from desk.ai.guardrails.plain_text import remembered, to_plain
from desk.ai.guardrails.verdict import Finding, GuardrailReason

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_LINK = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]{1,9}://|\bwww\.)[^\s<>\"')\]]+"
    r"|(?<![\w-])(?:[a-z0-9-]{1,63}\.){1,8}(?:com|net|org|io|id|co|me|app|dev|info|biz|xyz|ly|gl|site|online|shop|top"
    r"|ru|cn|tk|link|click|store|page|web|my|sg|uk|de)\b(?:/[^\s<>\"')\]]*)?"
)
# A link that is spelled out, so that no program sees it.
_SPELLED = re.compile(
    r"(?<![\w-])[\w-]{1,63}\s?(?:\(dot\)|\[dot\]|\[\.\]|\bdot\b|\btitik\b)\s?(?:com|net|org|io|id|co|me|xyz|ly)\b"
    r"|\bhxxps?\b"
)
_HANDLE = re.compile(r"(?<![\w.@/])@[a-z]\w{3,31}")
_PHONE = re.compile(r"(?<![\w.,])(?:\+|00)?\(?\d[\d\s().-]{6,17}\d(?![\w])")
_TAIL = ".,;:!?'\"*_"
_FEWEST_DIGITS, _COMPARED_DIGITS = 8, 8
# A price with its thousands is no phone number.
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}")


def blank_addresses(text: str) -> str:
    """Return a plain text without its addresses, whose digits are no figures."""
    for pattern in (_EMAIL, _LINK, _HANDLE):
        text = pattern.sub(_blank, text)
    return _PHONE.sub(lambda match: _blank(match) if _is_phone(match[0]) else match[0], text)


def check_addresses(text: str, evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each link and each address that stands nowhere."""
    plain = to_plain(text)
    known_links = frozenset().union(*map(_list_links, evidence.parts))
    for link in _list_links(plain):
        if link not in known_links:
            yield Finding(GuardrailReason.LINK, link)
    for match in _SPELLED.finditer(plain):
        yield Finding(GuardrailReason.LINK, match[0])
    known = _list_contacts(evidence.said_by_customer).union(*map(_list_contacts, evidence.parts))
    for contact in _list_contacts(plain):
        if contact not in known:
            yield Finding(GuardrailReason.CONTACT, contact)


@remembered
def _list_links(text: str) -> frozenset[str]:
    return frozenset(_find_links(text))


@remembered
def _list_contacts(text: str) -> frozenset[str]:
    return frozenset(_find_contacts(text))


def _find_links(text: str) -> Iterator[str]:
    """Yield the links of a plain text, in one form."""
    for match in _LINK.finditer(_EMAIL.sub(_blank, text)):
        _, _, address = match[0].rpartition("://")
        yield address.removeprefix("www.").rstrip(_TAIL).rstrip("/")


def _find_contacts(text: str) -> Iterator[str]:
    """Yield the addresses of a plain text, phone numbers by their last digits."""
    yield from (match[0].rstrip(_TAIL) for match in _EMAIL.finditer(text))
    rest = _LINK.sub(_blank, _EMAIL.sub(_blank, text))
    yield from (match[0] for match in _HANDLE.finditer(rest))
    for match in _PHONE.finditer(rest):
        if _is_phone(match[0]):
            digits = re.sub(r"\D", "", match[0])
            yield digits[-_COMPARED_DIGITS:]


def _is_phone(text: str) -> bool:
    trimmed = text.strip()
    is_other = _GROUPED.fullmatch(trimmed) or _DATE.fullmatch(trimmed)
    return not is_other and len(re.sub(r"\D", "", trimmed)) >= _FEWEST_DIGITS


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])
