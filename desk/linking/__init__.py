"""The link of a number to a phone, by QR code: what is known of it, who is told, where it shows."""
