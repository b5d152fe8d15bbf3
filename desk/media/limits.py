"""The largest file that staff can upload."""

# Telegram's limit for uploads of bots.
MAX_UPLOAD_BYTES = 50 * 1024 * 1024
