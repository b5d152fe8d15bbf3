"""The audit log by the API."""
