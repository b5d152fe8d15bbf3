"""What Telegram's errors mean for a delivery: reference texts in docs/telegram-errors.md."""

from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiohttp import ClientConnectorError, ConnectionTimeoutError

from db.tables import Side
from desk.errors import (
    DeliveryError,
    GroupMoved,
    RateLimited,
    Rejected,
    TopicGone,
    Unavailable,
    Uncertain,
)
from desk.texts import translate

# How long to wait for the operator to mend what only they can: rights, a group, a token.
OPERATOR = 60.0
_TOPIC_GONE = ("message thread not found", "TOPIC_DELETED", "TOPIC_ID_INVALID")
# What is wrong with the staff group is the operator's to mend; nothing of it is given up.
_GROUP_UNFIT = (
    "chat not found",
    "not enough rights",
    "need administrator rights",
    "the chat is not a forum",
    "TOPIC_CLOSED",
    "CHAT_WRITE_FORBIDDEN",
    "have no rights to send",
)
_AS_IT_SHOULD_BE = ("message is not modified", "message to delete not found")
# Telegram's words → the key of ours, for what an agent should understand at a glance.
_CUSTOMER_GONE = {
    "bot was blocked by the user": "blocked",
    "user is deactivated": "deactivated",
    "bot can't initiate conversation with a user": "never_started",
    "chat not found": "chat_not_found",
}


def consequence(
    error: TelegramAPIError | ClientDecodeError, side: Side, language: str
) -> DeliveryError:
    """Tell what follows from an error of aiogram's for a delivery to this side."""
    match error:
        case TelegramRetryAfter():
            return RateLimited(_words(error), retry_after=float(error.retry_after))
        case TelegramMigrateToChat():
            return GroupMoved(str(error.migrate_to_chat_id))
        case TelegramServerError():
            return Unavailable(_words(error))
        case TelegramEntityTooLarge():  # to aiogram a kind of network error: it comes first
            return Rejected(translate(language, "reason.too_large"))
        case TelegramNetworkError():
            return _network(error)
        case TelegramUnauthorizedError():
            return Unavailable("Telegram refuses the bot's token", retry_after=OPERATOR)
        case ClientDecodeError():
            # A gateway's page instead of an answer: what is behind it may have done it.
            return Uncertain("the answer could not be read")
    if side is Side.STAFF:
        return _in_staff_group(error)
    return Rejected(_plainly(error, language))


def _network(error: TelegramNetworkError) -> DeliveryError:
    """Tell a request that never left from one that got no answer."""
    if isinstance(error.__cause__, ClientConnectorError | ConnectionTimeoutError):
        return Unavailable("Telegram could not be reached")
    return Uncertain("no answer came")


def _in_staff_group(error: TelegramAPIError) -> DeliveryError:
    words = _words(error)
    if any(text in words for text in _TOPIC_GONE):
        return TopicGone(words)
    forbidden = isinstance(error, TelegramForbiddenError)
    if forbidden or any(text in words for text in _GROUP_UNFIT):
        return Unavailable(words, retry_after=OPERATOR)
    return Rejected(words)


def _plainly(error: TelegramAPIError, language: str) -> str:
    words = _words(error)
    for theirs, ours in _CUSTOMER_GONE.items():
        if theirs in words:
            return f"{translate(language, f'reason.{ours}')} ({words})"
    return words


def _words(error: TelegramAPIError) -> str:
    return error.message


def changes_nothing(error: TelegramAPIError) -> bool:
    """Tell whether an edit or a deletion was refused because all is as it should be already."""
    return isinstance(error, TelegramBadRequest) and any(
        words in error.message for words in _AS_IT_SHOULD_BE
    )
