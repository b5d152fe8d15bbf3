"""Numbers that are linked by QR code: status, code and commands."""
