"""Records, settings, errors and the clock."""
