"""AI agents in the API."""
