"""Map Telegram's errors to delivery errors; docs/telegram-errors.md lists the error texts."""

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
    AddressChanged,
    DeliveryError,
    GroupMoved,
    NoTopics,
    OwnChatClosed,
    RateLimited,
    Rejected,
    TopicGone,
    Unavailable,
    Uncertain,
)
from desk.texts import translate

# How long to wait when only the operator can fix the problem: rights, a group, a token.
OPERATOR_RETRY_SECONDS = 60.0
_TOPIC_GONE_ERRORS = ("message thread not found", "TOPIC_DELETED", "TOPIC_ID_INVALID")
# The operator must fix problems of the staff group. No delivery is given up because of them.
_GROUP_ERRORS = (
    "chat not found",
    "not enough rights",
    "need administrator rights",
    "TOPIC_CLOSED",
    "CHAT_WRITE_FORBIDDEN",
    "have no rights to send",
)
# Topics are a setting of a group; those of private chats are one of the bot.
_NO_FORUM = "the chat is not a forum"
_NO_CHANGE_ERRORS = ("message is not modified", "message to delete not found")
# Telegram's text → the key of our own text, for errors that an agent should understand quickly.
_UNREACHABLE_CUSTOMER_ERRORS = {
    "bot was blocked by the user": "blocked",
    "user is deactivated": "deactivated",
    "bot can't initiate conversation with a user": "never_started",
    "chat not found": "chat_not_found",
}


def to_delivery_error(
    error: TelegramAPIError | ClientDecodeError,
    side: Side,
    language: str,
    *,
    is_own_chat: bool = False,
) -> DeliveryError:
    """Convert an error from aiogram to a delivery error for this side.

    `is_own_chat`: the call was about an agent's own chat, not about a group.
    """
    match error:
        case TelegramRetryAfter():
            return RateLimited(_get_message(error), retry_after=float(error.retry_after))
        case TelegramMigrateToChat():
            return GroupMoved(str(error.migrate_to_chat_id))
        case TelegramServerError():
            return Unavailable(_get_message(error))
        case TelegramEntityTooLarge():  # first, because aiogram treats it as a network error
            return Rejected(translate(language, "reason.too_large"))
        case TelegramNetworkError():
            return _map_network_error(error)
        case TelegramUnauthorizedError():
            return Unavailable(
                "Telegram refuses the bot's token", retry_after=OPERATOR_RETRY_SECONDS
            )
        case ClientDecodeError():
            # A gateway's page instead of a response: the server behind it may have executed the
            # call.
            return Uncertain("the response could not be read")
    if side is Side.STAFF and is_own_chat:
        return _map_own_chat_error(error)
    if side is Side.STAFF:
        return _map_staff_group_error(error)
    return Rejected(_explain(error, language))


def _map_network_error(error: TelegramNetworkError) -> DeliveryError:
    """Distinguish a request that never left from one that got no response."""
    if isinstance(error.__cause__, ClientConnectorError | ConnectionTimeoutError):
        return Unavailable("Telegram could not be reached")
    return Uncertain("no response came")


def _map_staff_group_error(error: TelegramAPIError) -> DeliveryError:
    words = _get_message(error)
    if (changed := _find_change(words)) is not None:
        return changed
    forbidden = isinstance(error, TelegramForbiddenError)
    if forbidden or any(text in words for text in _GROUP_ERRORS):
        return Unavailable(words, retry_after=OPERATOR_RETRY_SECONDS)
    return Rejected(words)


def _map_own_chat_error(error: TelegramAPIError) -> DeliveryError:
    words = _get_message(error)
    if (changed := _find_change(words)) is not None:
        return changed
    if isinstance(error, TelegramForbiddenError) or "chat not found" in words:
        return OwnChatClosed(words)
    return Rejected(words)


def _find_change(words: str) -> AddressChanged | None:
    """Return what became of the topic that a call was about, if it is not there any more."""
    if is_topic_gone(words):
        return TopicGone(words)
    return NoTopics(words) if _NO_FORUM in words else None


def _explain(error: TelegramAPIError, language: str) -> str:
    words = _get_message(error)
    for theirs, ours in _UNREACHABLE_CUSTOMER_ERRORS.items():
        if theirs in words:
            return f"{translate(language, f'reason.{ours}')} ({words})"
    return words


def _get_message(error: TelegramAPIError) -> str:
    return error.message


def is_topic_gone(words: str) -> bool:
    """Check whether Telegram refused a call because the topic does not exist any more."""
    return any(text in words for text in _TOPIC_GONE_ERRORS)


def is_already_done(error: TelegramAPIError) -> bool:
    """Check whether an edit or a deletion failed only because nothing was left to change."""
    return isinstance(error, TelegramBadRequest) and any(
        words in error.message for words in _NO_CHANGE_ERRORS
    )
