"""Conversations: threads, sessions, assignment, presence, staff groups."""
