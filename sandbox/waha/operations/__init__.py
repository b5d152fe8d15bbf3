"""The operations of WAHA's API."""
