"""Convert between Telegram's objects and ours, with pure functions named by direction."""
