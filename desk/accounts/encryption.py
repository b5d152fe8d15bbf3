"""Encrypt secrets at rest with keys derived from SECRET_KEY.

While SECRET_KEY is changed, what the key before it (SECRET_KEY_OLD) encrypted is decrypted, too.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from db.tables import SecretKind


@dataclass(frozen=True, slots=True)
class _KindDetails:
    # Part of the key: each kind gets another key from the same SECRET_KEY.
    purpose: bytes
    # These two appear in WrongKeyError; operators and users read them.
    what: str
    remedy: str


_DETAILS = {
    SecretKind.CHANNEL_CREDENTIALS: _KindDetails(
        b"osmodesk: channel credentials, 1", "a channel's token", "enter the channel's token again"
    ),
    SecretKind.WEBHOOK_SECRET: _KindDetails(
        b"osmodesk: webhook secrets, 1", "a webhook's secret", "renew the webhook's secret"
    ),
    SecretKind.SECOND_FACTOR: _KindDetails(
        b"osmodesk: second factors, 1",
        "a second factor",
        "log in with a recovery code and set it up again, "
        "or ask an operator to switch it off: osmodesk accounts drop-second-factor",
    ),
}


class WrongKeyError(Exception):
    """The text was not encrypted with this SECRET_KEY, or was changed since."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(
            f"{what} cannot be decrypted with this SECRET_KEY: set the SECRET_KEY that it was "
            f"encrypted with, or {remedy}"
        )


class Encryptor:
    """Encrypts secrets of one kind with SECRET_KEY; decrypts also those of the key before it."""

    def __init__(
        self,
        secret_key: str,
        old_secret_key: str | None = None,
        *,
        kind: SecretKind = SecretKind.CHANNEL_CREDENTIALS,
    ) -> None:
        """Derive the keys for one kind of secrets."""
        self._details = _DETAILS[kind]
        self._current = _derive_key(secret_key, self._details.purpose)
        keys = [self._current]
        if old_secret_key is not None:
            keys.append(_derive_key(old_secret_key, self._details.purpose))
        self._all = MultiFernet(keys)

    def encrypt(self, credentials: Mapping[str, str]) -> str:
        """Return the encrypted text to store."""
        return self._current.encrypt(json.dumps(dict(credentials)).encode()).decode()

    def decrypt(self, encrypted: str) -> dict[str, str]:
        """Return the decrypted credentials; raise WrongKeyError."""
        try:
            credentials = json.loads(self._all.decrypt(encrypted.encode()))
        except InvalidToken:
            raise self._wrong_key() from None
        return {str(name): str(value) for name, value in credentials.items()}

    def reencrypt(self, encrypted: str) -> str:
        """Return the text encrypted with SECRET_KEY, unchanged if it is already.

        Raises WrongKeyError.
        """
        try:
            self._current.decrypt(encrypted.encode())
        except InvalidToken:
            try:
                return self._all.rotate(encrypted.encode()).decode()
            except InvalidToken:
                raise self._wrong_key() from None
        return encrypted

    def _wrong_key(self) -> WrongKeyError:
        return WrongKeyError(self._details.what, self._details.remedy)


def _derive_key(secret_key: str, purpose: bytes) -> Fernet:
    # SECRET_KEY is long and random (the settings check it), so no slow hash is needed.
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret_key.encode())
    return Fernet(urlsafe_b64encode(key))
