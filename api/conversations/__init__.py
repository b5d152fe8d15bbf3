"""Conversations: list, show, mark as read."""
