"""Broadcasts: create, try, start, stop, and see what became of each recipient."""
