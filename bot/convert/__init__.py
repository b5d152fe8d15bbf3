"""Converters between Telegram's shapes and ours: pure, named by direction."""
