"""Accept and store Meta's webhooks."""
