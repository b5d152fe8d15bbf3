"""Numbers linked by QR code, by the API: how the link stands, the code, orders to it."""
