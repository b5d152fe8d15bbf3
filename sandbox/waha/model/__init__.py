"""Records, tuning and errors."""
