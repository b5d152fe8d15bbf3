"""Handle stored webhooks of the Cloud API."""
