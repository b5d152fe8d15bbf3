"""WAHA's published schema."""
