"""Refresh tokens: what they look like, what is kept of them, what their use means.

Each is used once, for its successor. The successor follows from the token and JWT_SECRET, so a
token that is used again at once by the same client, because the answer was lost or two windows
asked, gives the same successor: a log-in is one chain and never branches. Any other second use
means that two have the chain; which of them is the thief nobody knows, so the log-in ends for both.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

IDLE_LIFETIME = timedelta(days=7)
MAX_LIFETIME = timedelta(days=30)
# For so long a second use by the same client is one use.
REUSE_GRACE = timedelta(seconds=10)
# Tells people and scanners of leaked secrets what they found.
_PREFIX = "odr_"
_BYTES = 32
_PURPOSE = b"osmodesk: successors of refresh tokens, 1"


class TokenUse(Enum):
    """What the use of a refresh token means."""

    FIRST = "first"
    REPEATED = "again"
    ENDED = "ended"
    STOLEN = "stolen"


@dataclass(frozen=True, slots=True)
class StoredToken:
    """What the database knows of a token and of its log-in."""

    id: str
    expires_at: datetime
    used_at: datetime | None
    used_by: str | None
    log_in_expires_at: datetime
    log_in_ended_at: datetime | None


def classify_use(token: StoredToken, client: str, now: datetime) -> TokenUse:
    """Tell what it means that `client` uses this token now."""
    if token.log_in_ended_at is not None or now >= token.log_in_expires_at:
        return TokenUse.ENDED
    if token.used_at is None:
        return TokenUse.FIRST if now < token.expires_at else TokenUse.ENDED
    at_once = now - token.used_at <= REUSE_GRACE
    same = token.used_by is not None and hmac.compare_digest(token.used_by, client)
    return TokenUse.REPEATED if at_once and same else TokenUse.STOLEN


def hash_token(token: str) -> str:
    """Give what is kept of a token: it is random, so that no slow hash is needed."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


class RefreshTokens:
    """Makes the tokens of one installation."""

    def __init__(self, secret: str) -> None:
        kdf = HKDF(algorithm=SHA256(), length=_BYTES, salt=None, info=_PURPOSE)
        self._key = kdf.derive(secret.encode())

    def generate(self) -> str:
        """Make the first token of a log-in: 256 random bits."""
        return _PREFIX + secrets.token_urlsafe(_BYTES)

    def derive_successor(self, token: str) -> str:
        """Give the one token that follows this one."""
        digest = hmac.digest(self._key, token.encode(), "sha256")
        return _PREFIX + urlsafe_b64encode(digest).rstrip(b"=").decode()
