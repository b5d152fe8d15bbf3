"""Register a bot at Telegram: set its webhook and commands, and learn its name."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

import structlog
from aiogram.exceptions import ClientDecodeError, TelegramAPIError
from aiogram.methods import GetMe, SetMyCommands, SetWebhook
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeUnion,
    User,
)

from bot.bot_factory import Bot
from bot.intake.raw_updates import ALLOWED_UPDATES
from db.errors import DATABASE_ERRORS
from desk.texts import LANGUAGES, translate

log = structlog.get_logger(__name__)

_SESSION_COMMANDS = (
    *("end", "transfer", "snooze", "tag", "priority", "r", "t", "delete", "client", "history"),
    *("block", "unblock", "merge", "lang", "reopen", "assign", "try", "ai", "suggest", "translate"),
)
_OWN_COMMANDS = ("online", "busy", "away", "offline", "status", "schedule")
_ADMIN_COMMANDS = ("texts", "hours", "sla", "broadcast")
_STAFF_COMMANDS = (
    *("next", "inbox", "claim", *_SESSION_COMMANDS),
    *(*_OWN_COMMANDS, "qr", *_ADMIN_COMMANDS, "help"),
)
_CUSTOMER_COMMANDS = ("start", "help", "status", "end", "language", "privacy", "stop", "resume")
_DESK_COMMANDS = (
    *("next", "inbox", *_SESSION_COMMANDS),
    *(*_OWN_COMMANDS, *_ADMIN_COMMANDS, "start", "help"),
)
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
    *,
    language: str,
    is_staff_bot: bool = False,
) -> None:
    """Register a bot and retry until Telegram accepts it; `language` is the staff's.

    `on_identified` receives the bot's user. If the database is unavailable then, wait for it too.
    """
    backoff = _FIRST_BACKOFF
    while True:
        try:
            await on_identified(await bot(GetMe()))
            if webhook is not None:
                await bot(
                    SetWebhook(
                        url=webhook.url,
                        secret_token=webhook.secret,
                        allowed_updates=ALLOWED_UPDATES,
                        max_connections=40,
                    )
                )
            if is_staff_bot:
                await _set_desk_commands(bot, language)
            else:
                await _set_commands(bot, staff_groups, language)
        except (TelegramAPIError, ClientDecodeError, *DATABASE_ERRORS) as error:
            log.warning("bot.not_registered", reason=type(error).__name__, next_try=backoff)
            await asyncio.sleep(backoff)
            backoff = min(_MAX_BACKOFF, backoff * 2)
        else:
            return


async def _set_commands(bot: Bot, staff_groups: tuple[str, ...], language: str) -> None:
    """Set the menus: in the language of each person's app, or else in that of staff."""
    everybody = BotCommandScopeAllPrivateChats()
    try:
        # Without a language it is the menu of everybody whose language we do not have.
        await _set_menu(bot, _build_customer_menu(language), everybody)
        for each in LANGUAGES:
            await _set_menu(bot, _build_customer_menu(each), everybody, each)
        for group in map(_build_group_scope, staff_groups):
            await _set_menu(bot, _build_menu(_STAFF_COMMANDS, language), group)
            for each in LANGUAGES:
                await _set_menu(bot, _build_menu(_STAFF_COMMANDS, each), group, each)
    except TelegramAPIError as error:
        # The bot works without a menu, so this failure must not stop it.
        log.info("bot.no_command_menu", reason=error.message)


async def _set_desk_commands(bot: Bot, language: str) -> None:
    """Set the menu of the staff bot: everybody who writes to it is staff."""
    everybody = BotCommandScopeAllPrivateChats()
    try:
        await _set_menu(bot, _build_menu(_DESK_COMMANDS, language), everybody)
        for each in LANGUAGES:
            await _set_menu(bot, _build_menu(_DESK_COMMANDS, each), everybody, each)
    except TelegramAPIError as error:
        log.info("bot.no_command_menu", reason=error.message)


async def _set_menu(
    bot: Bot, menu: list[BotCommand], scope: BotCommandScopeUnion, language: str | None = None
) -> None:
    await bot(SetMyCommands(commands=menu, scope=scope, language_code=language))


def _build_group_scope(group: str) -> BotCommandScopeChat:
    return BotCommandScopeChat(chat_id=group)


def _build_menu(names: Iterable[str], language: str) -> list[BotCommand]:
    return [
        BotCommand(command=name, description=translate(language, f"menu.{name}")) for name in names
    ]


def _build_customer_menu(language: str) -> list[BotCommand]:
    return [
        BotCommand(command=name, description=translate(language, f"customer_menu.{name}"))
        for name in _CUSTOMER_COMMANDS
    ]
