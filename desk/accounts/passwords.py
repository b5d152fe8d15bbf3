"""Hash and check passwords: bcrypt with cost 12, outside the event loop.

A check takes the same time for known and unknown users.
"""

import asyncio

import bcrypt

from desk.accounts.common_passwords import COMMON_PASSWORDS
from desk.accounts.errors import BadPasswordError

COST = 12
MIN_LENGTH = 12
# bcrypt ignores further bytes: a longer password is refused, never cut.
MAX_BYTES = 72
# This is not a hash: no password logs in to an account that has it.
UNUSABLE_HASH = "!"
# This hash belongs to no password: the password of an unknown user is compared with it.
_DUMMY_HASH = b"$2b$%02d$" % COST + b"abcdefghijklmnopqrstuuWZB6Tv5R7Jm8EgkOq3xY1nD0cLhUfSa"


def check_new_password(password: str) -> None:
    """Raise BadPasswordError for a new password that is too short, too long or too common."""
    if len(password) < MIN_LENGTH:
        words = f"the password is shorter than {MIN_LENGTH} characters"
        raise BadPasswordError(words, "password_too_short", MIN_LENGTH)
    _check_length(password)
    if _is_common(password):
        words = "this password is too common: choose one that is hard to guess"
        raise BadPasswordError(words, "password_too_common")


def hash_password_sync(password: str) -> str:
    """Return the hash to store; takes a fifth of a second; raise BadPasswordError if too long."""
    _check_length(password)
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(COST)).decode()


def verify_password_sync(password: str, password_hash: str | None) -> bool:
    """Check a password against its hash; takes as long for an unknown user (None)."""
    known = password_hash is not None and password_hash != UNUSABLE_HASH
    fits = len(password.encode()) <= MAX_BYTES
    hashed = password_hash.encode() if password_hash is not None and known else _DUMMY_HASH
    # Compare in every case, so that the response time reveals nothing.
    same = bcrypt.checkpw(password.encode()[:MAX_BYTES], hashed)
    return same and known and fits


async def hash_password(password: str) -> str:
    """Run `hash_password_sync` in a thread; a server uses a Hasher, which limits how many run."""
    return await asyncio.to_thread(hash_password_sync, password)


def _check_length(password: str) -> None:
    if len(password.encode()) > MAX_BYTES:
        words = f"the password is longer than {MAX_BYTES} bytes"
        raise BadPasswordError(words, "password_too_long", MAX_BYTES)


def _is_common(password: str) -> bool:
    plain = password.casefold().replace(" ", "")
    # "aaaaaaaaaaaa", "123123123123": a short piece repeated.
    repeated = any(
        len(plain) % width == 0 and plain == plain[:width] * (len(plain) // width)
        for width in range(1, 5)
    )
    return repeated or plain in COMMON_PASSWORDS
