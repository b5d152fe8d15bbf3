"""The WAHA client and its errors."""
