"""How a Graph call can fail, before anybody says what follows from it (errors.py).

GraphCallError
├── Unreached   the request never left
├── NoAnswer    it was written, and no answer came
├── Garbled     an answer came that is not the Graph API's
└── Refused     the Graph API said no
"""

from typing import Any

from desk.formatting.masking import mask_secrets


class GraphCallError(Exception):
    """A call that was not answered as it should be; no text of it holds the token."""


class GraphUnreachableError(GraphCallError):
    """The request never left."""


class NoResponseError(GraphCallError):
    """The request was written, and no answer came."""


class InvalidResponseError(GraphCallError):
    """Something answered that is not the Graph API, with this HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"an answer that is none of the Graph API's (HTTP {status})")
        self.status = status


class GraphRefusedError(GraphCallError):
    """The Graph API's error: `code` and `subcode` by its table, -1: it names none."""

    def __init__(
        self, status: int, error: dict[str, Any], *, retry_after: float | None = None
    ) -> None:
        self.status = status
        self.code = _to_number(error.get("code"))
        self.subcode = _to_number(error.get("error_subcode"))
        self.retry_after = retry_after
        super().__init__(mask_secrets(format_error(error)))


def format_error(error: dict[str, Any]) -> str:
    """Say an error of Meta's in its own words, with its code, in at most 300 characters."""
    data = error.get("error_data")
    details = data.get("details") if isinstance(data, dict) else None
    said: list[str] = []
    for each in (error.get("message") or error.get("title"), details):
        if isinstance(each, str) and each.strip() and each not in said:
            said.append(each.strip())
    words = ": ".join(said) or "no reason given"
    code = _to_number(error.get("code"))
    return words[:280] if code < 0 or str(code) in words else f"{words[:280]} ({code})"


def _to_number(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return -1
