"""Building and delivering webhooks."""
