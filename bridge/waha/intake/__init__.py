"""Accept and store WAHA's webhooks."""
