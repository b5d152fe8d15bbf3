"""Keeping a database well: backup and restore, clearing out, looking at what is in it."""
