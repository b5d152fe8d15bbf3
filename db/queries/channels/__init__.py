"""Channels, their templates, and their links to phones."""
