"""Webhooks' secrets at rest: sealed with a key made from SECRET_KEY."""

from desk.accounts.encryption import Encryptor

_PURPOSE = b"osmodesk: webhook secrets, 1"


class WebhookSecrets:
    """Seals and opens webhooks' secrets."""

    def __init__(self, secret_key: str) -> None:
        self._encryptor = Encryptor(
            secret_key, _PURPOSE, what="a webhook's secret", remedy="renew the webhook's secret"
        )

    def encrypt(self, secret: str) -> str:
        """Give the text to be kept in `webhooks.secret`."""
        return self._encryptor.encrypt({"secret": secret})

    def decrypt(self, encrypted: str) -> str:
        """Give back a secret; raises WrongKeyError."""
        return self._encryptor.decrypt(encrypted)["secret"]
