"""Auto-reply rules in the API."""
