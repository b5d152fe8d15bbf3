"""Templates: what a provider approved, listed, fetched and sent."""
