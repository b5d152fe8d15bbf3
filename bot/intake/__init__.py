"""Store Telegram's updates first, then acknowledge them."""
