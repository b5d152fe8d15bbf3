"""What a question asks for, and what a passage tells of it: these count like words."""

import re

from desk.knowledge.search.words import fold

PRICE, TIME, DURATION, PLACE = "?price", "?time", "?duration", "?place"


def _compile(*words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words)})\b")


_ASKED = {
    PRICE: _compile(
        "how much",
        "prices?",
        "costs?",
        "fees?",
        "harga",
        "hrg",
        "biaya",
        "tarif",
        "brp duit",
        # How much, unless how long, how many or what time.
        r"(?<!jam )(?<!pukul )(?<!tanggal )(?<!tgl )(?<!umur )(?<!nomor )(?:berapa|brp)"
        r"(?! (?:lama|hari|hr|jam|minggu|bulan|bln|tahun|thn|menit|kali|orang))"
        r"(?! (?:kilo|kg|meter|banyak))",
    ),
    TIME: _compile(
        "when",
        "what time",
        "which day",
        "hours?",
        "until",
        "kapan",
        "kpn",
        "jam (?:berapa|brp)",
        "hari apa",
        "tanggal berapa",
        "tgl brp",
        "jadwal",
        "buka",
    ),
    DURATION: _compile(
        "how (?:long|soon|quickly|fast)",
        "lama(?:nya)?",
        "(?:berapa|brp) (?:lama|hari|hr|minggu|bulan|bln|jam)",
    ),
    PLACE: _compile("where", "address", "mana", "dmn", "alamat", "lokasi"),
}
_TOLD = {
    PRICE: re.compile(r"\brp ?\d|[$€£]\s?\d|\b\d+ ?(?:ribu|juta|rupiah|usd|idr|euro?|dollars?)\b"),
    TIME: _compile(
        "(?:mon|tues|wednes|thurs|fri|satur|sun)days?",
        "senin",
        "selasa",
        "rabu",
        "kamis",
        "jumat",
        "sabtu",
        "minggu",
        "pukul",
        "o'clock",
        "noon",
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "tanggal",
        "day of",
        r"\d{1,2}[.:]\d\d",
        r"from \d+ to \d+",
    ),
    DURATION: _compile(
        r"\w+ (?:minutes?|hours?|days?|weeks?|months?|years?)",
        r"\w+ (?:menit|jam|hari|minggu|bulan|tahun)",
    ),
    PLACE: _compile(
        "jalan",
        "jl",
        "street",
        "road",
        "avenue",
        "address",
        "alamat",
        "located",
        "menu",
        "page",
        "halaman",
        "under",
        "di",
    ),
}


def list_asked(question: str) -> list[str]:
    """List what a question asks for: a price, a time, a duration, a place."""
    plain = fold(question)
    return [name for name, pattern in _ASKED.items() if pattern.search(plain)]


def list_told(text: str) -> list[str]:
    """List of what a passage tells something: prices, times, durations, places."""
    plain = fold(text)
    return [name for name, pattern in _TOLD.items() if pattern.search(plain)]
