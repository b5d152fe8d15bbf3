"""Connect numbers that are linked by QR code through a WAHA server."""
