"""Messages that greet or thank and ask nothing; pure.

A search finds no article about them, and a person need not be called for a "hello".
"""

import re
from enum import StrEnum


class Pleasantry(StrEnum):
    """A message that asks nothing, by the key of the text that answers it."""

    GREETING = "greeting"
    THANKS = "welcome"


# Whom a message may address, and what is said beside it.
_BESIDE = r"(?: (?:there|all|everyone|team|admin|min|kak|kakak|gan|bro|sis|mas|mbak|pak|bu|dear))*"
_GREETINGS = (
    r"(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening|day)|halo|hallo|hai|hei|"
    r"(?:selamat )?(?:pagi|siang|sore|malam)|permisi|assalamu ?alaikum|ass?alamualaikum|p)"
)
_THANKS = (
    r"(?:thanks|thank you|thx|ty|cheers|terima ?kasih|terimakasih|makasih|makasi|trims|tq)"
    r"(?: (?:a lot|so much|very much|banyak|ya|yaa|again))*"
)
# "Okay, thanks": what may stand before it.
_BEFORE = r"(?:(?:ok|oke|okay|great|perfect|good|nice|baik|siap|sip) )*"
_GREETING = re.compile(rf"{_GREETINGS}{_BESIDE}(?: {_GREETINGS}{_BESIDE})?")
_THANK = re.compile(rf"{_BEFORE}{_THANKS}{_BESIDE}")
_LETTERS = re.compile(r"[^\W\d_]+")
# "haloooo" is "halo"; "hello" keeps its two letters.
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
_LONGEST = 80


def find_pleasantry(text: str) -> Pleasantry | None:
    """Return what a message is that only greets or thanks, in English or Indonesian."""
    if len(text) > _LONGEST or any(char.isdecimal() for char in text):
        return None
    words = " ".join(_LETTERS.findall(_REPEATED.sub(r"\1", text.casefold())))
    if _GREETING.fullmatch(words):
        return Pleasantry.GREETING
    return Pleasantry.THANKS if _THANK.fullmatch(words) else None
