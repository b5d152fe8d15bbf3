"""Encrypt secrets at rest with a key derived from SECRET_KEY."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

# The purpose is part of the key: another use of SECRET_KEY gets another key.
_CREDENTIALS_PURPOSE = b"osmodesk: channel credentials, 1"


class WrongKeyError(Exception):
    """The text was not encrypted with this SECRET_KEY, or was changed since."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(
            f"{what} cannot be decrypted with this SECRET_KEY: set the SECRET_KEY that it was "
            f"encrypted with, or {remedy}"
        )


class Encryptor:
    """Encrypts and decrypts credentials with one SECRET_KEY."""

    def __init__(
        self,
        secret_key: str,
        purpose: bytes = _CREDENTIALS_PURPOSE,
        *,
        what: str = "a channel's token",
        remedy: str = "enter the channel's token again",
    ) -> None:
        """Derive the key for one purpose; `what` and `remedy` appear in WrongKeyError."""
        # SECRET_KEY is long and random (the settings check it), so no slow hash is needed.
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(
            secret_key.encode()
        )
        self._fernet = Fernet(urlsafe_b64encode(key))
        self._what, self._remedy = what, remedy

    def encrypt(self, credentials: Mapping[str, str]) -> str:
        """Return the encrypted text to store in `channels.credentials`."""
        return self._fernet.encrypt(json.dumps(dict(credentials)).encode()).decode()

    def decrypt(self, encrypted: str) -> dict[str, str]:
        """Return the decrypted credentials; raise WrongKeyError."""
        try:
            credentials = json.loads(self._fernet.decrypt(encrypted.encode()))
        except InvalidToken:
            raise WrongKeyError(self._what, self._remedy) from None
        return {str(name): str(value) for name, value in credentials.items()}
