"""Encrypt webhook secrets at rest, with a key derived from SECRET_KEY."""

from db.tables import SecretKind
from desk.accounts.encryption import Encryptor


class WebhookSecrets:
    """Encrypts and decrypts webhook secrets."""

    def __init__(self, secret_key: str, old_secret_key: str | None = None) -> None:
        self._encryptor = Encryptor(secret_key, old_secret_key, kind=SecretKind.WEBHOOK_SECRET)

    def encrypt(self, secret: str) -> str:
        """Return the text to store in `webhooks.secret`."""
        return self._encryptor.encrypt({"secret": secret})

    def decrypt(self, encrypted: str) -> str:
        """Return the secret; raise WrongKeyError."""
        return self._encryptor.decrypt(encrypted)["secret"]
