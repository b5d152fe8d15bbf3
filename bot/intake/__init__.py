"""Takes updates in: kept first, acknowledged then."""
