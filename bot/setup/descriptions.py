"""Set what Telegram shows about a bot before a customer writes, in the operator's own words."""

import asyncio

import structlog
from aiogram.exceptions import ClientDecodeError, TelegramAPIError, TelegramBadRequest
from aiogram.methods import SetMyDescription, SetMyShortDescription

from bot.bot_factory import Bot
from desk.channels import ServedChannel
from desk.texts import LANGUAGES, choose_language
from desk.texts.customer_texts import BOT_TEXTS

log = structlog.get_logger(__name__)

# (name of the text, language code at Telegram; empty: for everybody else) and the text.
Descriptions = tuple[tuple[tuple[str, str], str], ...]
_FIRST_BACKOFF, _MAX_BACKOFF = 1.0, 60.0


def list_descriptions(channel: ServedChannel) -> Descriptions:
    """List the descriptions that the operator has worded; all other languages get the channel's."""
    wanted: dict[tuple[str, str], str] = {}
    for name in BOT_TEXTS:
        for code in ("", *LANGUAGES):
            spoken = choose_language(code or channel.language)
            if own := channel.own_texts.find(spoken, name):
                wanted[name, code] = own.text
    return tuple(sorted(wanted.items()))


async def set_descriptions(bot: Bot, wanted: Descriptions, described: set[tuple[str, str]]) -> None:
    """Set the wanted descriptions, and remove those that we `described` and nobody wants now.

    Tries again until Telegram answers. A description that was set elsewhere stays.
    """
    texts = dict(wanted)
    for name, code in sorted(described | texts.keys()):
        await _set(bot, name, code, texts.get((name, code), ""))
        if (name, code) in texts:
            described.add((name, code))
        else:
            described.discard((name, code))


async def _set(bot: Bot, name: str, code: str, text: str) -> None:
    backoff = _FIRST_BACKOFF
    while True:
        try:
            await bot(_build_call(name, code or None, text))
        except TelegramBadRequest as error:
            # The bot works without it, and another attempt would end in the same way.
            log.warning("bot.description_refused", text=name, reason=error.message)
            return
        except (TelegramAPIError, ClientDecodeError) as error:
            log.info("bot.not_described", reason=type(error).__name__, next_try=backoff)
            await asyncio.sleep(backoff)
            backoff = min(_MAX_BACKOFF, backoff * 2)
        else:
            return


def _build_call(name: str, code: str | None, text: str) -> SetMyDescription | SetMyShortDescription:
    if name == "bot.description":
        return SetMyDescription(description=text, language_code=code)
    return SetMyShortDescription(short_description=text, language_code=code)
