"""What can go wrong between us and a WAHA server, and what follows for a delivery.

WahaError
├── UnreachedError    the request was never written
├── NoAnswerError     it was written, and no answer came that could be read
└── RefusedError      WAHA said no
"""

from http import HTTPStatus

from desk.errors import (
    ChannelStopped,
    DeliveryError,
    RateLimited,
    Rejected,
    Unavailable,
    Uncertain,
)

# A session that comes up is there in a few seconds.
_STARTUP_SECONDS = 3.0
# Of a 429 that does not say for how long.
_RATE_LIMIT_SECONDS = 30.0
# What engines throw about a recipient who is none: nothing was sent.
_UNKNOWN_RECIPIENT_ERRORS = (
    "no lid for user",
    "invalid wid",
    "not registered",
    "not on whatsapp",
    "wid error",
)
_UNLINKED = "the number is not linked: an admin sees the QR code by /qr or in the API"
_REASONS_BY_STATUS = {
    "SCAN_QR_CODE": _UNLINKED,
    "PASSKEY_REQUIRED": "the phone asks for a passkey before it links the number",
    "PASSKEY_CONFIRMATION_REQUIRED": "the phone asks to confirm the link of the number",
    "STOPPED": "the number's session is stopped at WAHA",
    "FAILED": "the number's session failed at WAHA: an admin can restart it",
}


class WahaError(Exception):
    """A call that did not succeed; its text is fit for an agent's eyes."""


class WahaUnreachableError(WahaError):
    """The request was never written."""


class WahaNoResponseError(WahaError):
    """The request was written, and no answer came that could be read."""


class WahaRefusedError(WahaError):
    """WAHA answered that it will not."""

    def __init__(
        self,
        status: int,
        reason: str,
        *,
        session_status: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(reason)
        self.status = status
        # What the session is, where that is why.
        self.session_status = session_status
        self.retry_after = retry_after


def to_delivery_error(error: WahaError) -> DeliveryError:
    """Tell what follows from an error for a delivery."""
    match error:
        case WahaUnreachableError():
            return Unavailable(str(error))
        case WahaRefusedError():
            return _map_refusal(error)
    return Uncertain(str(error))


def _map_refusal(error: WahaRefusedError) -> DeliveryError:
    if error.session_status is not None:
        return _map_session_status(error.session_status)
    match error.status:
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            return ChannelStopped("WAHA refuses the API key")
        case HTTPStatus.NOT_FOUND if "session" in str(error).lower():
            return ChannelStopped("WAHA does not know the number's session")
        case HTTPStatus.TOO_MANY_REQUESTS:
            retry_after = _RATE_LIMIT_SECONDS if error.retry_after is None else error.retry_after
            return RateLimited(str(error), retry_after=retry_after, everywhere=True)
        case HTTPStatus.SERVICE_UNAVAILABLE:
            return Unavailable(str(error), retry_after=error.retry_after or 0)
    if error.status < HTTPStatus.BAD_REQUEST:
        return ChannelStopped(f"WAHA's address leads elsewhere ({error.status})")
    if error.status < HTTPStatus.INTERNAL_SERVER_ERROR or _is_unknown_recipient(error):
        return Rejected(str(error))
    # The engine threw in the middle of something: nobody knows of what.
    return Uncertain(str(error))


def _map_session_status(status: str) -> DeliveryError:
    if status in {"STARTING", "WORKING"}:
        return Unavailable("the number's session is coming up", retry_after=_STARTUP_SECONDS)
    return ChannelStopped(
        _REASONS_BY_STATUS.get(status, f"the number's session is {status} at WAHA")
    )


def _is_unknown_recipient(error: WahaRefusedError) -> bool:
    words = str(error).lower()
    return any(each in words for each in _UNKNOWN_RECIPIENT_ERRORS)
