"""Conversations: listed, shown, read."""
