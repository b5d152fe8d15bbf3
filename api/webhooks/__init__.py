"""Outgoing webhooks: administrators set them up, the worker posts them."""
