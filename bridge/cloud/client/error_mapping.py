"""What Meta's errors mean for a delivery: its table of codes, and what follows from each class."""

from collections import OrderedDict
from enum import Enum
from http import HTTPStatus

from bridge.cloud.client.errors import Garbled, GraphFailure, NoAnswer, Refused, Unreached
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


class Fate(Enum):
    """What is to be done about an error."""

    RETRY = "retry with backoff"
    SOMETIMES = "retry a few times"
    NUMBER_BUSY = "the whole number waits a little"
    PAIR_BUSY = "this recipient waits 4^n seconds"
    TEMPLATE = "a template is needed"
    FINAL = "final for this recipient"
    TOMORROW = "wait a day"
    PAUSE = "the whole number pauses"
    MEND = "mend the payload or the media"
    STOP = "stop the channel and tell an admin"


_RANGES = (
    (range(200, 300), Fate.STOP),
    (range(132_000, 132_017), Fate.MEND),
)
_FATES = {
    **dict.fromkeys((4, 80007, 130429), Fate.NUMBER_BUSY),
    131056: Fate.PAIR_BUSY,
    131000: Fate.SOMETIMES,
    **dict.fromkeys((131016, 131057), Fate.RETRY),
    131047: Fate.TEMPLATE,
    **dict.fromkeys((131026, 131030, 131051, 131050, 131021, 130472), Fate.FINAL),
    131049: Fate.TOMORROW,
    131048: Fate.PAUSE,
    **dict.fromkeys((100, 131008, 131009, 131052, 131053), Fate.MEND),
    **dict.fromkeys((0, 3, 10, 190, 368, 131031, 131042, 133010), Fate.STOP),
    # Not in Meta's short list, and of the same kinds: no right to this number, no certificate.
    **dict.fromkeys((131005, 131045), Fate.STOP),
}
# What an agent should understand at a glance; of others they read Meta's own words.
_PLAIN = {
    131026: "not_on_whatsapp",
    131047: "window_closed",
    131049: "held_back",
    131050: "opted_out",
    130472: "in_experiment",
}
DAY = 86_400.0
# Meta does not say for how long it finds that a number sends what people take for spam; each
# further refusal pauses it again.
SPAM_PAUSE = 3_600.0
_LONGEST_BUSY = 300.0
_MOST_DOUBLINGS = 6  # 4^6 s: more than an hour
_FEW = 5
_MOST_REMEMBERED = 10_000
_UNCERTAIN = "no answer came that says whether it was sent"


def fate_of(code: int) -> Fate | None:
    """Tell what is to be done about a code; None: Meta's table does not name it."""
    return _FATES.get(code) or next((fate for codes, fate in _RANGES if code in codes), None)


def needs_template(code: int) -> bool:
    """Tell whether an error means that only a template may be sent."""
    return fate_of(code) is Fate.TEMPLATE


def plainly(code: int, words: str, language: str) -> str:
    """Say why something failed, first in words that an agent understands."""
    key = _PLAIN.get(code)
    return f"{translate(language, f'reason.{key}')} ({words})" if key else words


class Patience:
    """Counts refusals of the same kind in a row, each to be waited for longer."""

    def __init__(self) -> None:
        self._counts: OrderedDict[str, int] = OrderedDict()

    def again(self, what: str) -> int:
        """Count one more; returns how many there were before it."""
        before = self._counts.pop(what, 0)
        self._counts[what] = before + 1
        if len(self._counts) > _MOST_REMEMBERED:
            self._counts.popitem(last=False)
        return before

    def over(self, *what: str) -> None:
        """Forget: it went well."""
        for each in what:
            self._counts.pop(each, None)


class Consequences:
    """Tells what follows from a number's failed calls."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._patience = Patience()

    def went_well(self, chat: str, row_id: int) -> None:
        """Note that a send was taken."""
        self._patience.over("number", f"pair:{chat}", f"row:{row_id}")

    def of_send(self, failure: GraphFailure, chat: str, row_id: int) -> DeliveryError:
        """Tell what follows where a message may have gone out."""
        match failure:
            case Unreached():
                return Unavailable("Meta could not be reached")
            case NoAnswer():
                return Uncertain(_UNCERTAIN)
            case Garbled(status=status):
                return _of_a_page(status)
            case Refused():
                return self._refused(failure, chat, row_id)
        return Uncertain(_UNCERTAIN)

    def of_call(self, failure: GraphFailure, chat: str, row_id: int = 0) -> DeliveryError:
        """Tell what follows where nothing can have gone out: it may be done again."""
        error = self.of_send(failure, chat, row_id)
        return Unavailable(str(failure)) if isinstance(error, Uncertain) else error

    def _refused(self, refusal: Refused, chat: str, row_id: int) -> DeliveryError:
        words = str(refusal)
        plain = plainly(refusal.code, words, self._language)
        match fate_of(refusal.code):
            case Fate.RETRY:
                return Unavailable(words, retry_after=refusal.retry_after or 0)
            case Fate.SOMETIMES:
                few = self._patience.again(f"row:{row_id}") < _FEW
                return Unavailable(words) if few else Rejected(words)
            case Fate.NUMBER_BUSY:
                after = min(2.0 ** self._patience.again("number"), _LONGEST_BUSY)
                return RateLimited(words, retry_after=refusal.retry_after or after, everywhere=True)
            case Fate.PAIR_BUSY:
                times = min(self._patience.again(f"pair:{chat}"), _MOST_DOUBLINGS)
                return RateLimited(words, retry_after=4.0**times)
            case Fate.TEMPLATE:
                return WindowClosed(plain)
            case Fate.FINAL | Fate.MEND:
                return Rejected(plain)
            case Fate.TOMORROW:
                return Unavailable(plain, retry_after=DAY)
            case Fate.PAUSE:
                return RateLimited(words, retry_after=SPAM_PAUSE, everywhere=True)
            case Fate.STOP:
                return ChannelStopped(words)
        return self._unknown(refusal, words)

    def _unknown(self, refusal: Refused, words: str) -> DeliveryError:
        """Judge an error that Meta's table does not name by its HTTP status."""
        match refusal.status:
            case HTTPStatus.TOO_MANY_REQUESTS:
                after = min(2.0 ** self._patience.again("number"), _LONGEST_BUSY)
                return RateLimited(words, retry_after=refusal.retry_after or after, everywhere=True)
            case HTTPStatus.UNAUTHORIZED:
                return ChannelStopped(words)
        if refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return Uncertain(words)
        return Rejected(words)


def _of_a_page(status: int) -> DeliveryError:
    """Judge an answer that is a page: of a gateway, behind which the send may have been done."""
    if status < HTTPStatus.MULTIPLE_CHOICES or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Uncertain(_UNCERTAIN)
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return Rejected("what is between us and Meta takes nothing so large")
    if status == HTTPStatus.REQUEST_TIMEOUT:
        return Unavailable("what is between us and Meta did not wait for us")
    return ChannelStopped(f"what answers at WHATSAPP_API_URL is not the Graph API (HTTP {status})")
