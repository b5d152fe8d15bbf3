"""The audit log in the API."""
