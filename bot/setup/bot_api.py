"""Ask Telegram about a bot; errors are in words for a person and never contain the token."""

from contextlib import suppress
from typing import Any

from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramUnauthorizedError,
)
from aiogram.methods import DeleteWebhook, GetMe, TelegramMethod
from aiohttp import ClientConnectorError

from bot.bot_factory import Bot
from desk.formatting.masking import mask_secrets

_TIMEOUT_SECONDS = 10


class BotApiRefusedError(Exception):
    """The Bot API refused a call."""

    def __init__(self, error: TelegramAPIError) -> None:
        super().__init__(mask_secrets(error.message))
        # The Bot API answers 404 where a token has not the form of one.
        self.is_unauthorized = isinstance(error, TelegramUnauthorizedError | TelegramNotFound)
        self.migrated_to = (
            str(error.migrate_to_chat_id) if isinstance(error, TelegramMigrateToChat) else None
        )


class BotApiUnreachableError(Exception):
    """No Bot API server responded."""


async def ask(bot: Bot, method: TelegramMethod[Any]) -> dict[str, Any]:
    """Call a method that returns an object.

    Raise BotApiRefusedError or BotApiUnreachableError.
    """
    try:
        found = await _call(bot, method)
    except ClientDecodeError as error:
        return _read_raw_result(error)
    answer: dict[str, Any] = found.model_dump()
    return answer


async def delete_webhook(bot: Bot) -> None:
    """Remove the bot's webhook; raise BotApiRefusedError or BotApiUnreachableError."""
    with suppress(ClientDecodeError):  # it was done, whatever the answer looks like
        await _call(bot, DeleteWebhook())


async def _call(bot: Bot, method: TelegramMethod[Any]) -> Any:
    try:
        return await bot(method, request_timeout=_TIMEOUT_SECONDS)
    except ClientDecodeError:
        raise
    except TelegramNetworkError as error:
        raise BotApiUnreachableError(_describe_failure(error.__cause__)) from None
    except TelegramAPIError as error:
        raise BotApiRefusedError(error) from None
    except UnicodeDecodeError as error:
        raise BotApiUnreachableError(_describe_failure(error)) from None


async def get_me(bot: Bot) -> dict[str, Any]:
    """Return the bot itself, which has an id.

    Raise BotApiRefusedError or BotApiUnreachableError.
    """
    me = await ask(bot, GetMe())
    if not isinstance(me.get("id"), int):
        raise BotApiUnreachableError("no Bot API response")
    return me


def _read_raw_result(error: ClientDecodeError) -> dict[str, Any]:
    """Read an object that is not quite as aiogram knows it: we need few of its fields."""
    body = error.data if isinstance(error.data, dict) else {}
    result = body.get("result")
    if body.get("ok") is not True or not isinstance(result, dict):
        raise BotApiUnreachableError("no Bot API response") from None
    return result


def _describe_failure(cause: BaseException | None) -> str:
    match cause:
        case TimeoutError():
            return f"no response within {_TIMEOUT_SECONDS} s"
        case ClientConnectorError():
            return mask_secrets(f"no connection ({cause.strerror})")
    # Only the error's type: aiohttp's error texts contain the URL, and so the token.
    return f"no Bot API response ({type(cause).__name__})"
