"""The control API: play users, set faults, read the state."""
