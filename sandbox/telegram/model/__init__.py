"""Records, errors, sample files and the queue of updates."""
