"""Benchmark of open event streams: memory, and how soon each gets an event."""
