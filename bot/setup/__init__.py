"""Set up and check a Telegram bot."""
