"""Register a bot at Telegram: set its webhook and commands, and learn its name."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from aiogram import Bot
from aiogram.exceptions import ClientDecodeError, TelegramAPIError
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    User,
)

from bot.intake.raw_updates import ALLOWED_UPDATES
from db.errors import DATABASE_ERRORS

log = structlog.get_logger(__name__)

_STAFF_COMMANDS = {
    "end": "End the session",
    "claim": "Take the session",
    "r": "Send a canned reply",
    "t": "Send a template",
    "online": "Receive new sessions",
    "offline": "Receive no new sessions",
    "status": "Show your status and sessions",
    "qr": "Show the QR code to link a number (admins)",
    "help": "Show the commands",
}
_FIRST_BACKOFF, _MAX_BACKOFF = 1.0, 60.0


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """The address for a bot's updates, and the secret that Telegram sends with them."""

    url: str
    secret: str


async def register(
    bot: Bot,
    webhook: WebhookSettings | None,
    staff_groups: tuple[str, ...],
    on_identified: Callable[[User], Awaitable[None]],
) -> None:
    """Register a bot and retry until Telegram accepts it.

    `on_identified` receives the bot's user. If the database is unavailable then, wait for it too.
    """
    backoff = _FIRST_BACKOFF
    while True:
        try:
            await on_identified(await bot.get_me())
            if webhook is not None:
                await bot.set_webhook(
                    webhook.url,
                    secret_token=webhook.secret,
                    allowed_updates=ALLOWED_UPDATES,
                    max_connections=40,
                )
            await _set_commands(bot, staff_groups)
        except (TelegramAPIError, ClientDecodeError, *DATABASE_ERRORS) as error:
            log.warning("bot.not_registered", reason=type(error).__name__, next_try=backoff)
            await asyncio.sleep(backoff)
            backoff = min(_MAX_BACKOFF, backoff * 2)
        else:
            return


async def _set_commands(bot: Bot, staff_groups: tuple[str, ...]) -> None:
    start = [BotCommand(command="start", description="Start")]
    staff = [BotCommand(command=name, description=text) for name, text in _STAFF_COMMANDS.items()]
    try:
        await bot.set_my_commands(start, scope=BotCommandScopeAllPrivateChats())
        for group in staff_groups:
            await bot.set_my_commands(staff, scope=BotCommandScopeChat(chat_id=group))
    except TelegramAPIError as error:
        # The bot works without a menu, so this failure must not stop it.
        log.info("bot.no_command_menu", reason=error.message)
