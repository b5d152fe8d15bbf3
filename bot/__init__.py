"""The Telegram side, on aiogram: intake, handlers, converters, the carrier."""
