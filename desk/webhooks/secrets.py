"""Encrypt webhook secrets at rest, with a key derived from SECRET_KEY."""

from desk.accounts.encryption import Encryptor

_PURPOSE = b"osmodesk: webhook secrets, 1"


class WebhookSecrets:
    """Encrypts and decrypts webhook secrets."""

    def __init__(self, secret_key: str) -> None:
        self._encryptor = Encryptor(
            secret_key, _PURPOSE, what="a webhook's secret", remedy="renew the webhook's secret"
        )

    def encrypt(self, secret: str) -> str:
        """Return the text to store in `webhooks.secret`."""
        return self._encryptor.encrypt({"secret": secret})

    def decrypt(self, encrypted: str) -> str:
        """Return the secret; raise WrongKeyError."""
        return self._encryptor.decrypt(encrypted)["secret"]
