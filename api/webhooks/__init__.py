"""Outgoing webhooks: set up by administrators, posted by the worker."""
