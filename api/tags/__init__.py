"""Tags: list, rename, delete."""
