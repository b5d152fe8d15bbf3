"""Errors of Graph calls, before error_mapping.py decides what follows from them.

GraphCallError
├── GraphUnreachableError  the request never left
├── NoResponseError        the request was written, and no response came
├── InvalidResponseError   a response came that is not the Graph API's
└── GraphRefusedError      the Graph API returned an error
"""

from typing import Any

from desk.formatting.masking import mask_secrets


class GraphCallError(Exception):
    """A Graph call failed; the error's text never contains the token."""


class GraphUnreachableError(GraphCallError):
    """The request never left."""


class NoResponseError(GraphCallError):
    """The request was written, and no response came."""


class InvalidResponseError(GraphCallError):
    """A server that is not the Graph API responded with this HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"a response that is not the Graph API's (HTTP {status})")
        self.status = status


class GraphRefusedError(GraphCallError):
    """The Graph API returned an error; `code` and `subcode` are -1 if it names none."""

    def __init__(
        self, status: int, error: dict[str, Any], *, retry_after: float | None = None
    ) -> None:
        self.status = status
        self.code = _to_number(error.get("code"))
        self.subcode = _to_number(error.get("error_subcode"))
        self.retry_after = retry_after
        super().__init__(mask_secrets(format_error(error)))


def format_error(error: dict[str, Any]) -> str:
    """Format an error with Meta's own text and its code, in at most 300 characters."""
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
