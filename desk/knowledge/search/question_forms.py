"""Forms of questions: many that look answerable only ask whether something exists."""

import re

_BEGINS_YES_NO = re.compile(
    r"^(?:hi |hello |kak |min )?(?:do (?:you|u|ya)|are there|is there|can (?:i|you|u|we)|does|is|"
    r"are|ada|apa|apakah|jual|bisa|bs|boleh|terima|mau)\b"
)
_ASKS_FOR_THING = re.compile(
    r"\b(?:do (?:you|u|ya) (?:guys )?(?:have|sell|offer|do|make|organi[sz]e|give|keep|know|support|"
    r"repair|deliver|ship|open|take|accept)|are there|is there|have you|got any|"
    r"ada|jual|jualan|menjual|punya|terima|nerima|melayani|tersedia|sedia)\b"
)
_CAN = re.compile(
    r"\b(?:can|could|may|might|is it (?:ok|possible|allowed)|"
    r"bisa|bs|boleh|blh|bisakah|bolehkah)\b"
)
_IS = re.compile(r"^(?:is|are|does|do|did|was|apakah|apa)\b")
_ASKS_WHAT = re.compile(
    r"\b(?:how|what|whats|when|where|wheres|which|who|why|until|"
    r"berapa|brp|kapan|kpn|mana|dmn|gimana|gmn|bagaimana|cara|caranya|apa saja|apa aja|kenapa|"
    r"knp|kok|syarat|syaratnya|jam)\b"
)


def begins_as_yes_no(question: str) -> bool:
    """Return whether a folded question begins as one that is answered with yes or no."""
    return _BEGINS_YES_NO.search(question) is not None


def asks_for_thing(question: str) -> bool:
    """Return whether a folded question asks if something is there, sold or done."""
    return _ASKS_FOR_THING.search(question) is not None


def asks_yes_or_no(question: str) -> bool:
    """Return whether a folded question can be answered with yes or no, and asks nothing else."""
    if _ASKS_WHAT.search(question):
        return False
    return any(each.search(question) for each in (_ASKS_FOR_THING, _CAN, _IS))
