"""Messages as they are shown."""
