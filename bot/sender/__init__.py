"""Send messages, files, topics and cards to Telegram."""
