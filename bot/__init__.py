"""The Telegram channel, built on aiogram: intake, handlers, converters and sender."""

from bot.lazy_aiogram import import_aiogram

import_aiogram()
