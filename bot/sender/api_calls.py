"""Call the Bot API and convert its errors to the desk's delivery errors."""

from typing import Any, TypeVar

from aiogram.exceptions import ClientDecodeError, TelegramAPIError
from aiogram.methods import TelegramMethod

from bot.bot_factory import Bot
from bot.sender.error_mapping import is_already_done, to_delivery_error
from db.tables import Side

T = TypeVar("T")


class ApiCaller:
    """Calls one bot's methods."""

    def __init__(self, bot: Bot, language: str) -> None:
        self._bot = bot
        self._language = language

    async def __call__(
        self, method: TelegramMethod[T], side: Side, *, seconds: int | None = None
    ) -> Any:
        """Call a method; raise the errors of desk/errors.py.

        `seconds` is the timeout, if it differs from the usual one.

        Return aiogram's object, or plain JSON if aiogram could not read a response that said "ok".
        A completed call must not be repeated because its response is unusual.
        """
        is_own_chat = is_private(getattr(method, "chat_id", None))
        try:
            return await self._bot(method, request_timeout=seconds)
        except ClientDecodeError as error:
            if isinstance(error.data, dict) and error.data.get("ok"):
                return error.data.get("result")
            raise to_delivery_error(error, side, self._language, is_own_chat=is_own_chat) from error
        except TelegramAPIError as error:
            if is_already_done(error):
                return None
            raise to_delivery_error(error, side, self._language, is_own_chat=is_own_chat) from error


def read_topic(result: Any) -> str | None:
    """Return the topic that a message is in."""
    if isinstance(result, dict):
        thread = result.get("message_thread_id")
    else:
        thread = result.message_thread_id
    return None if thread is None else str(thread)


def is_private(chat: object) -> bool:
    """Check whether a chat is a person's: the ids of groups are negative."""
    return str(chat).isdecimal()


def read_message_id(result: Any) -> str:
    """Read the id of the message that a call created."""
    found = result.get("message_id") if isinstance(result, dict) else result.message_id
    return str(found)


def read_icons(result: Any) -> dict[str, str]:
    """Read the icons that topics may have: the id of each emoji's."""
    icons: dict[str, str] = {}
    for each in result or ():
        shape = each if isinstance(each, dict) else each.model_dump()
        emoji, icon = shape.get("emoji"), shape.get("custom_emoji_id")
        if emoji and icon:
            icons.setdefault(emoji, icon)
    return icons
