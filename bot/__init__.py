"""The Telegram side, on aiogram: intake, handlers, converters, the carrier."""

from bot.lean import import_aiogram

import_aiogram()
