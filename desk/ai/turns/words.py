"""Recognize in a customer's words that they want a person, or are in a bad mood."""

import re
from collections.abc import Iterable

_PERSON = (
    r"(?:human|real person|person|agent|operator|representative|staff|customer service|manager|"
    r"manusia|orang(?: asli)?|petugas|admin|cs|agen)"
)
# The word alone, as the introduction and the buttons say it, perhaps with "please".
_ALONE = re.compile(
    rf"(?:a |an |the |ke |mau |minta |please |tolong )*{_PERSON}(?: please| dong| saja| ya)?[.!?]*",
    re.IGNORECASE,
)
_ASKING = re.compile(
    rf"\b(?:talk|speak|chat|connect|transfer|switch|pass)\b[^.!?]{{0,30}}\b(?:{_PERSON}|someone|somebody|people)\b"
    rf"|\b(?:want|need|give|get)\b[^.!?]{{0,12}}\b(?:human|real person|operator|representative)\b"
    rf"|\b(?:bicara|ngobrol|chat|hubungkan|sambungkan|disambungkan|minta|panggil)\b[^.!?]{{0,25}}\b{_PERSON}\b",
    re.IGNORECASE,
)
_BAD_MOOD = re.compile(
    r"\b(?:angry|furious|ridiculous|terrible|horrible|useless|worst|scam|unacceptable|awful|"
    r"disappoint\w*|pathetic|stupid|idiots?|liars?|fed up|waste of time|wtf|"
    r"marah|kecewa|kesal|parah|payah|penipu\w*|bohong|bodoh|goblok|tolol|lambat banget|ga becus|"
    r"gak becus|tidak becus|mengecewakan|sampah|emosi)\b",
    re.IGNORECASE,
)
_SHOUTED = re.compile(r"[A-Z]{4,}")
_MIN_SHOUTED_WORDS, _MANY_MARKS = 3, "!!!"


def asks_for_person(text: str) -> bool:
    """Check whether a customer asks for a person, in English or Indonesian."""
    words = " ".join(text.split())
    return _ALONE.fullmatch(words) is not None or _ASKING.search(words) is not None


def is_complaint(text: str) -> bool:
    """Check whether a message shows a bad mood: by its words, or because it is shouted."""
    is_shouted = len(_SHOUTED.findall(text)) >= _MIN_SHOUTED_WORDS
    return _BAD_MOOD.search(text) is not None or is_shouted or _MANY_MARKS in text


def find_keyword(text: str, keywords: Iterable[str]) -> str | None:
    """Return the first of these keywords that a message contains as a whole word."""
    return next((each for each in keywords if _contains(text, each)), None)


def _contains(text: str, keyword: str) -> bool:
    # Not \b, which a keyword such as "c++" would never match.
    return re.search(rf"(?<!\w){re.escape(keyword)}(?!\w)", text, re.IGNORECASE) is not None
