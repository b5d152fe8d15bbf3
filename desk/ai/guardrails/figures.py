"""Finds the figures in a text: numbers, prices, percents, durations. Pure.

Each figure has forms, such as `price:15000`. A figure is proven if one of the forms that prove it
stands among the forms of the evidence.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_CURRENCIES = r"rp\.?|idr|usd|us\$|s\$|sgd|\$|eur|€|gbp|£|myr|rm"
_CURRENCY_WORDS = r"rupiah|idr|usd|dollars?|dolar|euros?|eur|€|pounds?|gbp|sgd|ringgit|\$"
_MULTIPLIERS = {
    "k": 3, "rb": 3, "ribu": 3, "thousand": 3, "jt": 6, "juta": 6, "million": 6, "miliar": 9,
    "billion": 9,
}  # fmt: skip
_UNITS = {
    "minute": r"minutes?|mins?|menit",
    "hour": r"hours?|hrs?|jam",
    "day": r"(?:(?:business|working|calendar) )?days?|hari",
    "week": r"weeks?|minggu|pekan",
    "month": r"months?|bulan",
    "year": r"years?|tahun",
    "percent": r"%|percent|persen",
}
_UNIT_NAMES = {name: re.compile(pattern) for name, pattern in _UNITS.items()}
_ANY_UNIT = "|".join(_UNITS.values())
_WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90, "hundred": 100, "one": 1, "dua": 2, "tiga": 3,
    "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8, "sembilan": 9, "sepuluh": 10,
    "sebelas": 11, "seratus": 100, "satu": 1,
}  # fmt: skip
_FIGURE = re.compile(
    rf"(?:(?<![a-z])(?P<currency>{_CURRENCIES})\s?|(?<![\w.]))(?P<number>\d+(?:[.,']\d+)*)"
    rf"\s?(?P<multiplier>(?:{'|'.join(_MULTIPLIERS)})\b)?(?:,-)?"
    rf"\s?(?:(?P<money>(?:{_CURRENCY_WORDS})(?![a-z]))|-?(?P<unit>{_ANY_UNIT})(?![a-z]))?"
)
_WORD_FIGURE = re.compile(
    rf"\b(?P<word>{'|'.join(_WORDS)})(?P<teen> belas| puluh)?[ -](?P<unit>{_ANY_UNIT})(?![a-z])"
)
_ONE_UNIT = re.compile(
    r"\b(?:se(?P<joined>hari|jam|minggu|pekan|bulan|tahun|menit)"
    r"|(?:with)?in an? (?P<unit>minute|hour|day|week|month|year))\b"
)
_RANGE = re.compile(r"\s?(?:-|to|until|or|and|sampai|hingga|s/d|atau|dan)\s?")
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,']\d{3})+")
# Only such numbers may be repeated from the customer's words.
_NAMES_NUMBER = re.compile(
    r"(?:\b(?:orders?|number|no|nr|invoice|booking|ticket|code|reference|tracking|resi|pesanan"
    r"|nomor|tiket|kode|faktur|model|size|ukuran|tipe|type)\b[\s.:#]*|#)$"
)
# How far before a number its name may stand.
_NAME_REACH = 24
_LONGEST_LIST = 20
_LARGE = 1000


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, the forms of it that may stand in an evidence, and those that prove it."""

    text: str
    forms: frozenset[str]
    proofs: frozenset[str]
    is_price: bool = False
    # It names something, as an order's number does.
    is_name: bool = False


def find_figures(text: str) -> Iterator[Figure]:
    """Yield the figures of a plain text, without the marks of numbered lists."""
    found = [match for match in _FIGURE.finditer(text) if not _is_list_mark(text, match)]
    for number, match in enumerate(found):
        following = found[number + 1] if number + 1 < len(found) else None
        previous = found[number - 1] if number else None
        yield _read(text, match, previous, following)
    for match in _WORD_FIGURE.finditer(text):
        value = _WORDS[match["word"]]
        teen = (match["teen"] or "").strip()
        value = value + 10 if teen == "belas" else value * 10 if teen == "puluh" else value
        yield _build_duration(match[0], value, match["unit"])
    for match in _ONE_UNIT.finditer(text):
        yield _build_duration(match[0], 1, match["unit"] or match["joined"])


def _is_list_mark(text: str, match: re.Match[str]) -> bool:
    """Check whether a number begins a line, as in "2. Press the button"."""
    marks = text[match.end() : match.end() + 2] in {". ", ") "}
    if not marks or not match["number"].isdigit() or int(match["number"]) > _LONGEST_LIST:
        return False
    line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
    return not line.strip()


def _read(
    text: str,
    match: re.Match[str],
    previous: re.Match[str] | None,
    following: re.Match[str] | None,
) -> Figure:
    """Return a figure; the ends of a range share their unit and their currency."""
    unit, money = match["unit"], match["currency"] or match["money"]
    power = _MULTIPLIERS.get(match["multiplier"] or "", 0)
    if following is not None and _RANGE.fullmatch(text[match.end() : following.start()]):
        unit = unit or following["unit"]
        money = money or following["money"]
        power = power or _MULTIPLIERS.get(following["multiplier"] or "", 0)
    if previous is not None and _RANGE.fullmatch(text[previous.end() : match.start()]):
        money = money or previous["currency"]
    value = read_number(match["number"]) * 10**power
    number = f"number:{_show(value)}"
    if money:
        price = f"price:{_show(value)}"
        # Lists often give prices without their currency, but a small number may be anything.
        proofs = {price, number} if value >= _LARGE else {price}
        return Figure(match[0].strip(), frozenset({price, number}), frozenset(proofs), True)
    if unit:
        return _build_duration(match[0].strip(), value, unit)
    before = text[max(0, match.start("number") - _NAME_REACH) : match.start("number")]
    is_name = _NAMES_NUMBER.search(before) is not None
    # In the evidence, a number beside a name such as "price" has no currency either.
    return Figure(match[0].strip(), frozenset({number}), frozenset({number}), is_name=is_name)


def _build_duration(text: str, value: Decimal | int, unit: str) -> Figure:
    name = next(name for name, pattern in _UNIT_NAMES.items() if pattern.fullmatch(unit))
    form = f"{name}:{_show(Decimal(value))}"
    return Figure(text, frozenset({form, f"number:{_show(Decimal(value))}"}), frozenset({form}))


def read_number(text: str) -> Decimal:
    """Return a number that is written as in English or in Indonesian."""
    if _THOUSANDS.fullmatch(text):
        return Decimal(re.sub(r"[.,']", "", text))
    parts = re.split(r"[.,']", text)
    if len(parts) == 1:
        return Decimal(text)
    return Decimal(f"{''.join(parts[:-1])}.{parts[-1]}")


def _show(value: Decimal) -> str:
    return f"{value.normalize():f}"
