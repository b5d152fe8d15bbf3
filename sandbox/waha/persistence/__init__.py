"""Saving the world in a file, and restoring it."""
