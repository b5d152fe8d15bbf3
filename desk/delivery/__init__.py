"""Delivery: what waits in the outbox reaches its provider, in order, within the limits."""
