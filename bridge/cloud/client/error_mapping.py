"""Map Meta's errors to delivery errors: the table of codes and the action for each class."""

from collections import OrderedDict
from enum import Enum
from http import HTTPStatus

from bridge.cloud.client.errors import (
    GraphCallError,
    GraphRefusedError,
    GraphUnreachableError,
    InvalidResponseError,
    NoResponseError,
)
from desk.errors import (
    ChannelStopped,
    DeliveryError,
    RateLimited,
    Rejected,
    Unavailable,
    Uncertain,
    WindowClosed,
)
from desk.texts import translate


class ErrorAction(Enum):
    """What to do about an error."""

    RETRY = "retry with backoff"
    RETRY_FEW_TIMES = "retry a few times"
    NUMBER_BUSY = "the whole number waits briefly"
    PAIR_BUSY = "this recipient waits 4^n seconds"
    NEEDS_TEMPLATE = "a template is needed"
    FINAL = "final for this recipient"
    RETRY_TOMORROW = "wait a day"
    PAUSE_NUMBER = "the whole number pauses"
    FIX_PAYLOAD = "fix the payload or the media"
    STOP_CHANNEL = "stop the channel and notify an admin"


_ACTIONS_BY_RANGE = (
    (range(200, 300), ErrorAction.STOP_CHANNEL),
    (range(132_000, 132_017), ErrorAction.FIX_PAYLOAD),
)
_ACTIONS_BY_CODE = {
    **dict.fromkeys((4, 80007, 130429), ErrorAction.NUMBER_BUSY),
    131056: ErrorAction.PAIR_BUSY,
    131000: ErrorAction.RETRY_FEW_TIMES,
    **dict.fromkeys((131016, 131057), ErrorAction.RETRY),
    131047: ErrorAction.NEEDS_TEMPLATE,
    **dict.fromkeys((131026, 131030, 131051, 131050, 131021, 130472), ErrorAction.FINAL),
    131049: ErrorAction.RETRY_TOMORROW,
    131048: ErrorAction.PAUSE_NUMBER,
    **dict.fromkeys((100, 131008, 131009, 131052, 131053), ErrorAction.FIX_PAYLOAD),
    **dict.fromkeys((0, 3, 10, 190, 368, 131031, 131042, 133010), ErrorAction.STOP_CHANNEL),
    # Not in Meta's short list, but of the same class: no right to this number, no certificate.
    **dict.fromkeys((131005, 131045), ErrorAction.STOP_CHANNEL),
}
# Errors that an agent should understand quickly. For others, agents see Meta's own text.
_EXPLAINED_CODES = {
    131026: "not_on_whatsapp",
    131047: "window_closed",
    131049: "held_back",
    131050: "opted_out",
    130472: "in_experiment",
}
DAY_SECONDS = 86_400.0
# Meta does not say for how long it treats a number as a source of spam. Each further refusal pauses
# the number again.
SPAM_BACKOFF = 3_600.0
_MAX_BUSY_BACKOFF = 300.0
_MAX_PAIR_EXPONENT = 6  # 4^6 s is more than an hour
_MAX_FEW_TRIES = 5
_MAX_COUNTERS = 10_000
_UNCERTAIN = "no response says whether it was sent"


def find_error_action(code: int) -> ErrorAction | None:
    """Return the action for a code, or None if Meta's table does not list the code."""
    return _ACTIONS_BY_CODE.get(code) or next(
        (action for codes, action in _ACTIONS_BY_RANGE if code in codes), None
    )


def needs_template(code: int) -> bool:
    """Check whether an error means that only a template may be sent."""
    return find_error_action(code) is ErrorAction.NEEDS_TEMPLATE


def explain_error(code: int, words: str, language: str) -> str:
    """Explain an error, first in a text that an agent understands, then in Meta's own."""
    key = _EXPLAINED_CODES.get(code)
    return f"{translate(language, f'reason.{key}')} ({words})" if key else words


class BackoffCounter:
    """Counts consecutive refusals of the same kind, so that each one is waited for longer."""

    def __init__(self) -> None:
        self._counts: OrderedDict[str, int] = OrderedDict()

    def increment(self, key: str) -> int:
        """Count one more refusal; return the count before it."""
        before = self._counts.pop(key, 0)
        self._counts[key] = before + 1
        if len(self._counts) > _MAX_COUNTERS:
            self._counts.popitem(last=False)
        return before

    def reset(self, *keys: str) -> None:
        """Reset the counts after a success."""
        for each in keys:
            self._counts.pop(each, None)


class ErrorMapper:
    """Maps a number's failed calls to delivery errors."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._backoff = BackoffCounter()

    def record_success(self, chat: str, row_id: int) -> None:
        """Record that Meta accepted a message."""
        self._backoff.reset("number", f"pair:{chat}", f"row:{row_id}")

    def map_send_error(self, failure: GraphCallError, chat: str, row_id: int) -> DeliveryError:
        """Map the failure of a call that may have sent a message."""
        match failure:
            case GraphUnreachableError():
                return Unavailable("Meta could not be reached")
            case NoResponseError():
                return Uncertain(_UNCERTAIN)
            case InvalidResponseError(status=status):
                return _map_foreign_response(status)
            case GraphRefusedError():
                return self._map_refusal(failure, chat, row_id)
        return Uncertain(_UNCERTAIN)

    def map_call_error(self, failure: GraphCallError, chat: str, row_id: int = 0) -> DeliveryError:
        """Map the failure of a call that cannot have sent a message, and so can be repeated."""
        error = self.map_send_error(failure, chat, row_id)
        return Unavailable(str(failure)) if isinstance(error, Uncertain) else error

    def _map_refusal(self, refusal: GraphRefusedError, chat: str, row_id: int) -> DeliveryError:
        words = str(refusal)
        plain = explain_error(refusal.code, words, self._language)
        match find_error_action(refusal.code):
            case ErrorAction.RETRY:
                return Unavailable(words, retry_after=refusal.retry_after or 0)
            case ErrorAction.RETRY_FEW_TIMES:
                few = self._backoff.increment(f"row:{row_id}") < _MAX_FEW_TRIES
                return Unavailable(words) if few else Rejected(words)
            case ErrorAction.NUMBER_BUSY:
                after = min(2.0 ** self._backoff.increment("number"), _MAX_BUSY_BACKOFF)
                return RateLimited(words, retry_after=refusal.retry_after or after, everywhere=True)
            case ErrorAction.PAIR_BUSY:
                times = min(self._backoff.increment(f"pair:{chat}"), _MAX_PAIR_EXPONENT)
                return RateLimited(words, retry_after=4.0**times)
            case ErrorAction.NEEDS_TEMPLATE:
                return WindowClosed(plain)
            case ErrorAction.FINAL | ErrorAction.FIX_PAYLOAD:
                return Rejected(plain)
            case ErrorAction.RETRY_TOMORROW:
                return Unavailable(plain, retry_after=DAY_SECONDS)
            case ErrorAction.PAUSE_NUMBER:
                return RateLimited(words, retry_after=SPAM_BACKOFF, everywhere=True)
            case ErrorAction.STOP_CHANNEL:
                return ChannelStopped(words)
        return self._map_unknown_code(refusal, words)

    def _map_unknown_code(self, refusal: GraphRefusedError, words: str) -> DeliveryError:
        """Map an error that Meta's table does not list by its HTTP status."""
        match refusal.status:
            case HTTPStatus.TOO_MANY_REQUESTS:
                after = min(2.0 ** self._backoff.increment("number"), _MAX_BUSY_BACKOFF)
                return RateLimited(words, retry_after=refusal.retry_after or after, everywhere=True)
            case HTTPStatus.UNAUTHORIZED:
                return ChannelStopped(words)
        if refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return Uncertain(words)
        return Rejected(words)


def _map_foreign_response(status: int) -> DeliveryError:
    """Map a response that is a gateway's page: the server behind it may have sent the message."""
    if status < HTTPStatus.MULTIPLE_CHOICES or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Uncertain(_UNCERTAIN)
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return Rejected("a proxy between us and Meta refuses a request of this size")
    if status == HTTPStatus.REQUEST_TIMEOUT:
        return Unavailable("a proxy between us and Meta timed out")
    return ChannelStopped(f"the server at WHATSAPP_API_URL is not the Graph API (HTTP {status})")
