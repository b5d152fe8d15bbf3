"""A rush: many new customers write at once, with Telegram's limits on."""
