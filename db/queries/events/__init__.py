"""The event log, event details, outgoing webhooks."""
