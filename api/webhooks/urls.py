"""Check the addresses of webhooks."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from api.errors.problems import ValidationFailed
from desk.urls.private import is_public


def _check_url(url: str) -> str:
    parts = urlsplit(url)
    if not parts.hostname or parts.port == 0:  # an invalid port raises ValueError by itself
        raise ValueError("must be the address of a server")
    if "@" in parts.netloc:
        raise ValueError("must not contain a user name: the signature proves the sender")
    if parts.fragment:
        raise ValueError("must not contain a fragment: servers never receive it")
    return url


Url = Annotated[
    str,
    Field(pattern=r"^https?://[!-~]+$", max_length=2000, examples=["https://example.com/hook"]),
    AfterValidator(_check_url),
]


class WebhookUrlPolicy:
    """What the operator allows; desk/urls/private.py checks the connection again."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private

    def check(self, url: str) -> None:
        """Raise ValidationFailed when events must not be sent to this address."""
        if self._allow_private:
            return
        parts = urlsplit(url)
        if parts.scheme != "https":
            raise ValidationFailed.field(
                "url", "must use https: http would expose customers' messages", "not_https"
            )
        if _is_address(parts.hostname or "") and not is_public(parts.hostname or ""):
            raise ValidationFailed.field("url", "must not be a private address", "private")


def _is_address(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()
