"""Refresh tokens: their format, what is stored of them, and how their use is judged.

Each token is used once and replaced by its successor. The successor is derived from the token and
JWT_SECRET. So if the same client uses a token again at once, because the response was lost or two
windows asked, it gets the same successor: a log-in is one chain and never branches. Any other
second use means that two clients have the chain. It is unknown which of them is the thief, so the
log-in ends for both.
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
# Within this time a second use by the same client counts as the first.
REUSE_GRACE = timedelta(seconds=10)
# The prefix tells people and secret scanners what they found.
_PREFIX = "odr_"
_BYTES = 32
_PURPOSE = b"osmodesk: successors of refresh tokens, 1"


class TokenUse(Enum):
    """The meaning of one use of a refresh token."""

    FIRST = "first"
    REPEATED = "again"
    ENDED = "ended"
    STOLEN = "stolen"


@dataclass(frozen=True, slots=True)
class StoredToken:
    """A token and its log-in, as stored in the database."""

    id: str
    expires_at: datetime
    used_at: datetime | None
    used_by: str | None
    log_in_expires_at: datetime
    log_in_ended_at: datetime | None


def classify_use(token: StoredToken, client: str, now: datetime) -> TokenUse:
    """Classify the use of this token by `client` at this time."""
    if token.log_in_ended_at is not None or now >= token.log_in_expires_at:
        return TokenUse.ENDED
    if token.used_at is None:
        return TokenUse.FIRST if now < token.expires_at else TokenUse.ENDED
    at_once = now - token.used_at <= REUSE_GRACE
    same = token.used_by is not None and hmac.compare_digest(token.used_by, client)
    return TokenUse.REPEATED if at_once and same else TokenUse.STOLEN


def hash_token(token: str) -> str:
    """Return the hash to store for a token; it is random, so no slow hash is needed."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


class RefreshTokens:
    """Generates the tokens of one installation."""

    def __init__(self, secret: str) -> None:
        kdf = HKDF(algorithm=SHA256(), length=_BYTES, salt=None, info=_PURPOSE)
        self._key = kdf.derive(secret.encode())

    def generate(self) -> str:
        """Return the first token of a log-in: 256 random bits."""
        return _PREFIX + secrets.token_urlsafe(_BYTES)

    def derive_successor(self, token: str) -> str:
        """Return the only valid successor of this token."""
        digest = hmac.digest(self._key, token.encode(), "sha256")
        return _PREFIX + urlsafe_b64encode(digest).rstrip(b"=").decode()
