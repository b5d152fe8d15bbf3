"""One-time codes that bind a Telegram account: typed on a phone, kept only as hashes."""

import hashlib
import re
import secrets
from datetime import timedelta

LIFETIME = timedelta(minutes=10)
# Crockford's base 32: no I, L, O, U, so that nothing is read as something else.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOK_ALIKES = str.maketrans("OIL", "011")
# 16 letters of 5 bits: 80 bits. Nobody guesses that within 10 minutes, however many codes are
# tried, so guesses need no throttle.
_LENGTH = 16
_GROUP = 4


def new_code() -> str:
    """Make a code of 80 random bits, in groups that are easy to type: `7K2M-…-…-…`."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    return "-".join(letters[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def hash_code(code: str) -> str:
    """Give what is kept of a code, however it was typed: case, dashes and look-alikes aside."""
    letters = re.sub(r"[\s_-]", "", code).upper()
    plain = letters.translate(_LOOK_ALIKES)
    return hashlib.sha256(plain.encode()).hexdigest()
