"""A call that a model server did not answer, what follows from it, and when to try again. Pure."""

from enum import StrEnum

from desk.ai.model.ports import FailureReason, ModelError, ModelRefused, ModelUnavailable, Usage

_BAD_KEY = frozenset({401, 403})
_NOT_FOUND = 404
_RATE_LIMITED = 429
_TIMEOUTS = frozenset({408, 504})
_CONFLICT = 409
_SERVER_ERROR = 500
_QUOTA_CODES = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
_FILTER_CODES = frozenset({"content_filter", "content_policy_violation"})
_MAX_TRIES = 2
_PAUSE = 0.5
_PAUSE_UNKNOWN_LIMIT = 1.0
# A call that has less time than this is not worth a try.
_SHORTEST_CALL = 2.0


class FailureKind(StrEnum):
    """How a call failed."""

    TIMEOUT = "timeout"
    CONNECTION = "connection"
    STATUS = "status"
    # The answer came and is none of this API, for example a web page.
    MALFORMED = "malformed"


class ServerFailure(Exception):  # noqa: N818 the consequence is the name
    """A call that the server did not answer."""

    def __init__(
        self,
        kind: FailureKind,
        message: str = "",
        *,
        status: int = 0,
        code: str = "",
        param: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.status = status
        self.code = code
        self.param = param
        self.retry_after = retry_after

    @property
    def reason(self) -> FailureReason:
        """Return what it is called in the turn's log."""
        if self.kind is FailureKind.TIMEOUT or self.status in _TIMEOUTS:
            return FailureReason.TIMEOUT
        if self.kind is FailureKind.CONNECTION:
            return FailureReason.CONNECTION
        if self.kind is FailureKind.MALFORMED:
            return FailureReason.MISCONFIGURED
        return self._read_status()

    def _read_status(self) -> FailureReason:
        if self.status in _BAD_KEY or self.status == _NOT_FOUND or self.code in _QUOTA_CODES:
            return FailureReason.MISCONFIGURED
        if self.status == _RATE_LIMITED:
            return FailureReason.RATE_LIMITED
        if self.status >= _SERVER_ERROR or self.status == _CONFLICT:
            return FailureReason.SERVER_ERROR
        if self.code in _FILTER_CODES:
            return FailureReason.CONTENT_FILTER
        return FailureReason.REJECTED


_REFUSALS = frozenset({FailureReason.REJECTED, FailureReason.CONTENT_FILTER})
_TRY_AGAIN = frozenset({FailureReason.CONNECTION, FailureReason.SERVER_ERROR})


def to_model_error(failure: ServerFailure, usage: Usage) -> ModelError:
    """Return the error that a turn sees."""
    detail = f"HTTP {failure.status}: {failure.message}" if failure.status else failure.message
    if failure.reason in _REFUSALS:
        return ModelRefused(failure.reason, detail, usage=usage)
    wait = failure.retry_after
    return ModelUnavailable(failure.reason, detail, usage=usage, retry_after=wait)


def is_outage(failure: ServerFailure) -> bool:
    """Check whether a failure counts against the server: its refusals of one request do not."""
    return failure.reason not in _REFUSALS | {FailureReason.RATE_LIMITED}


def decide_retry(failure: ServerFailure, tries: int, seconds_left: float) -> float | None:
    """Return the seconds to wait before the next try; None: give up."""
    if tries >= _MAX_TRIES:
        return None
    if failure.reason is FailureReason.RATE_LIMITED:
        wait = failure.retry_after
        pause = _PAUSE_UNKNOWN_LIMIT if wait is None else wait
    elif failure.reason in _TRY_AGAIN:
        pause = max(_PAUSE, failure.retry_after or 0.0)
    else:
        return None
    return pause if pause + _SHORTEST_CALL <= seconds_left else None
