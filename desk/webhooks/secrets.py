"""Webhooks' secrets at rest: sealed with a key made from SECRET_KEY."""

from desk.accounts.encryption import Seal

_PURPOSE = b"osmodesk: webhook secrets, 1"


class WebhookSecrets:
    """Seals and opens webhooks' secrets."""

    def __init__(self, secret_key: str) -> None:
        self._seal = Seal(
            secret_key, _PURPOSE, what="a webhook's secret", or_else="renew the webhook's secret"
        )

    def sealed(self, secret: str) -> str:
        """Give the text to be kept in `webhooks.secret`."""
        return self._seal.seal({"secret": secret})

    def opened(self, sealed: str) -> str:
        """Give back a secret; raises WrongKeyError."""
        return self._seal.unseal(sealed)["secret"]
