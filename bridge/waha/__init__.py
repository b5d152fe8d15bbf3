"""Numbers linked by QR code, through a WAHA server."""
