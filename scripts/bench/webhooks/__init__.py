"""Benchmark of signed WhatsApp webhooks: how soon each is stored and answered."""
