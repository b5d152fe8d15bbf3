"""Measures open event streams: memory, and how soon each is told."""
