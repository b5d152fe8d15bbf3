"""Carries what the desk sends to Telegram's Bot API."""
