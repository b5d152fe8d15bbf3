"""Users and agents."""
