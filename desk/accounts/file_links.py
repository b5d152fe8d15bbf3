"""Sign links to files and downloads. A link is valid for a limited time and as long as its log-in.

A page cannot send an access token for a picture. Its link holds as long as the log-in that asked
for it, and shows only what that log-in may see when it is opened.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from db.ids import LogInId, UserId
from desk.accounts.access_tokens import Claims

# A link is valid for one to two periods. Within a period it stays the same, so that browsers find
# the file in their cache.
PERIOD = timedelta(minutes=15)
KEY_PATTERN = (
    r"^[0-9A-HJKMNP-TV-Z]{26}\.[0-9A-HJKMNP-TV-Z]{26}\.[0-9]{1,9}\.[0-9]{10}\.[A-Za-z0-9_-]{43}$"
)
_KEY = re.compile(KEY_PATTERN)
_PURPOSE = b"osmodesk: links to files, 1"
_BYTES = 32


class BadLinkError(Exception):
    """A link is not ours, was changed, or has expired."""


@dataclass(frozen=True, slots=True)
class FileLinks:
    """Signs and verifies links with one installation's JWT_SECRET, and the one before it."""

    keys: tuple[bytes, ...]

    @classmethod
    def from_secrets(cls, secret: str, old_secret: str | None = None) -> "FileLinks":
        """Derive the keys; new links are signed with the first."""
        return cls(tuple(_derive(each) for each in (secret, old_secret) if each))

    def sign(self, subject: str, what: str, claims: Claims, now: datetime) -> tuple[str, datetime]:
        """Return the key of a link to `what` of a message or of the API, and when it expires."""
        period = int(PERIOD.total_seconds())
        expires_at = (int(now.timestamp()) // period + 2) * period
        about = f"{claims.user_id}.{claims.log_in}.{claims.version}.{expires_at}"
        mac = _mac(self.keys[0], subject, what, about)
        return f"{about}.{mac}", datetime.fromtimestamp(expires_at, UTC)

    def verify(self, key: str, subject: str, what: str, now: datetime) -> Claims:
        """Return the log-in that a link was signed for; raise BadLinkError."""
        if not _KEY.fullmatch(key):
            raise BadLinkError
        about, _, given = key.rpartition(".")
        known = (_mac(each, subject, what, about) for each in self.keys)
        if not any(hmac.compare_digest(given, each) for each in known):
            raise BadLinkError
        user_id, log_in, version, expires_at = about.split(".")
        until = datetime.fromtimestamp(int(expires_at), UTC)
        if until <= now:
            raise BadLinkError
        return Claims(UserId(user_id), LogInId(log_in), int(version), until)


def _derive(secret: str) -> bytes:
    kdf = HKDF(algorithm=SHA256(), length=_BYTES, salt=None, info=_PURPOSE)
    return kdf.derive(secret.encode())


def _mac(key: bytes, subject: str, what: str, about: str) -> str:
    digest = hmac.digest(key, f"{subject}\n{what}\n{about}".encode(), "sha256")
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
