"""The schema of messages."""
