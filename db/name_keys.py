"""Compare the names of agents as people read them."""

import unicodedata
from hashlib import sha256


def make_name_key(name: str) -> str:
    """Return the same key for two names that differ only in case, width or spaces.

    A hash: it has one length, and both engines compare it alike.
    """
    plain = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    return sha256(plain.encode()).hexdigest()
