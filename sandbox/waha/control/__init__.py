"""The control API: play phones, set faults, read the state."""
