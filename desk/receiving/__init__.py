"""Receiving: what was kept in the inbox is handled, in order within a conversation."""
