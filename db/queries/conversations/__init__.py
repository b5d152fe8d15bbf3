"""Conversations, their sessions, and where they are shown to staff."""
