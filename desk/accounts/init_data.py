"""Verify the data with which Telegram opens a Mini App.

Telegram describes it as initData: a query string with two signatures. `hash` is a MAC with the
bot's token, so anyone who has the token can forge it. `signature` is Telegram's own. Both are
required. What could be read in two ways is refused before anything is compared: doubled keys, line
ends and other control characters, and bytes that are no text.
"""

import hashlib
import hmac
import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_plus

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

# Longer than any that Telegram makes.
MAX_LENGTH = 4096
_TELEGRAM_KEY = "e7bf03a2fa4602af4580703d88dda5bb59f32ed8b02a56c187fe7d34caed242d"
_KEY_NAME = re.compile(r"[a-z_]{1,64}", re.ASCII)
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SIGNATURE = re.compile(r"[A-Za-z0-9_-]{86}(==)?", re.ASCII)
_SECONDS = re.compile(r"[0-9]{1,10}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_MAX_TELEGRAM_ID = 1 << 52


class BadInitDataError(Exception):
    """The data is malformed, or not signed for one of our bots; the text says which."""


@dataclass(frozen=True, slots=True)
class InitData:
    """What verified data says."""

    telegram_id: str
    signed_at: datetime
    # Names this data for ever, and gives nothing away.
    digest: str


@dataclass(frozen=True, slots=True)
class InitDataVerifier:
    """Verifies the data of Mini Apps with the public key of one Telegram."""

    public_key: Ed25519PublicKey

    @classmethod
    def from_hex(cls, key: str | None = None) -> "InitDataVerifier":
        """Build a verifier; without a key it is Telegram's own."""
        raw = bytes.fromhex(key or _TELEGRAM_KEY)
        return cls(Ed25519PublicKey.from_public_bytes(raw))

    def verify(self, text: str, tokens: Iterable[str]) -> InitData:
        """Return what the data says, if it was made for one of these bots.

        Raises BadInitDataError.
        """
        fields = _parse(text)
        given, signature = fields.pop("hash", ""), fields.get("signature", "")
        if not _HASH.fullmatch(given) or not _SIGNATURE.fullmatch(signature):
            raise BadInitDataError("a signature is missing or malformed")
        token = _find_token(fields, given, tokens)
        if token is None:
            raise BadInitDataError("it was not made for a bot of this desk")
        del fields["signature"]
        said = f"{token.partition(':')[0]}:WebAppData\n{_join(fields)}".encode()
        try:
            self.public_key.verify(urlsafe_b64decode(signature[:86] + "=="), said)
        except InvalidSignature:
            raise BadInitDataError("Telegram did not sign it") from None
        digest = hashlib.sha256(given.encode()).hexdigest()
        return InitData(_read_user(fields), _read_time(fields), digest)


def _parse(text: str) -> dict[str, str]:
    if len(text) > MAX_LENGTH:
        raise BadInitDataError("it is too long")
    fields: dict[str, str] = {}
    for part in text.split("&"):
        name, equals, encoded = part.partition("=")
        if not equals or not _KEY_NAME.fullmatch(name) or name in fields:
            raise BadInitDataError("it is not a query string with each name once")
        try:
            value = unquote_plus(encoded, errors="strict")
        except UnicodeDecodeError:
            raise BadInitDataError("a value is not text") from None
        if _CONTROL.search(value):
            raise BadInitDataError("a value has a control character")
        fields[name] = value
    return fields


def _find_token(fields: Mapping[str, str], given: str, tokens: Iterable[str]) -> str | None:
    """Return the token that the hash was made with."""
    said = _join(fields).encode(errors="surrogatepass")
    for token in tokens:
        secret = hmac.digest(b"WebAppData", token.encode(), "sha256")
        if hmac.compare_digest(hmac.digest(secret, said, "sha256").hex(), given):
            return token
    return None


def _join(fields: Mapping[str, str]) -> str:
    return "\n".join(f"{name}={fields[name]}" for name in sorted(fields))


def _read_user(fields: Mapping[str, str]) -> str:
    try:
        user: Any = json.loads(fields.get("user", ""))
    except (ValueError, RecursionError):
        user = None
    number = user.get("id") if isinstance(user, dict) else None
    if not isinstance(number, int) or isinstance(number, bool):
        raise BadInitDataError("it names no user")
    if user.get("is_bot") or not 0 < number < _MAX_TELEGRAM_ID:
        raise BadInitDataError("it names no person")
    return str(number)


def _read_time(fields: Mapping[str, str]) -> datetime:
    given = fields.get("auth_date", "")
    if not _SECONDS.fullmatch(given):
        raise BadInitDataError("it does not say when it was made")
    return datetime.fromtimestamp(int(given), UTC)
