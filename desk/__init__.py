"""The help desk itself, for any channel: it knows ports, no providers."""
