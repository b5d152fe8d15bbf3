"""Channels in the API: bots and numbers, their staff groups and opening hours."""
