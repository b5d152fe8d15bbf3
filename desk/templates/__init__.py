"""Templates: texts that a provider approved, and that may be sent at any time."""
