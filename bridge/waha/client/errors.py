"""Errors of WAHA calls, and their mapping to delivery errors.

WahaError
├── WahaUnreachableError  the request was never written
├── WahaNoResponseError   the request was written, and no readable response came
└── WahaRefusedError      WAHA refused
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

# A starting session is ready within a few seconds.
_STARTUP_SECONDS = 3.0
# For a 429 without a time.
_RATE_LIMIT_SECONDS = 30.0
# Errors of engines about an unknown recipient: nothing was sent.
_UNKNOWN_RECIPIENT_ERRORS = (
    "no lid for user",
    "invalid wid",
    "not registered",
    "not on whatsapp",
    "wid error",
)
_UNLINKED = "the number is not linked: an admin gets the QR code with /qr or in the API"
_REASONS_BY_STATUS = {
    "SCAN_QR_CODE": _UNLINKED,
    "PASSKEY_REQUIRED": "the phone asks for a passkey before it links the number",
    "PASSKEY_CONFIRMATION_REQUIRED": "the phone asks for confirmation before it links the number",
    "STOPPED": "the number's session is stopped at WAHA",
    "FAILED": "the number's session failed at WAHA: an admin can restart it",
}


class WahaError(Exception):
    """A failed call; its text is suitable for agents."""


class WahaUnreachableError(WahaError):
    """The request was never written."""


class WahaNoResponseError(WahaError):
    """The request was written, and no readable response came."""


class WahaRefusedError(WahaError):
    """WAHA refused the call."""

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
        # The session's status, if it is the reason.
        self.session_status = session_status
        self.retry_after = retry_after


def to_delivery_error(error: WahaError) -> DeliveryError:
    """Convert an error to a delivery error."""
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
        return ChannelStopped(f"WAHA's address redirects to another one ({error.status})")
    if error.status < HTTPStatus.INTERNAL_SERVER_ERROR or _is_unknown_recipient(error):
        return Rejected(str(error))
    # The engine failed in the middle of the call: the result is unknown.
    return Uncertain(str(error))


def _map_session_status(status: str) -> DeliveryError:
    if status in {"STARTING", "WORKING"}:
        return Unavailable("the number's session is starting", retry_after=_STARTUP_SECONDS)
    return ChannelStopped(
        _REASONS_BY_STATUS.get(status, f"the number's session is {status} at WAHA")
    )


def _is_unknown_recipient(error: WahaRefusedError) -> bool:
    message = str(error).lower()
    return any(each in message for each in _UNKNOWN_RECIPIENT_ERRORS)
