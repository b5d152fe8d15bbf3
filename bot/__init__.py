"""The Telegram side, on aiogram: intake, handlers, converters, the carrier."""

from bot.lazy_models import import_aiogram

import_aiogram()
