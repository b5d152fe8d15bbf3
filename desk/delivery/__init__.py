"""Delivery: send the outbox to the providers, in order and within the rate limits."""
