"""The control API: play customers, set faults, read the state."""
