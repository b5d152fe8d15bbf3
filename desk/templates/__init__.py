"""Templates: texts that a provider approved, which may be sent at any time."""
