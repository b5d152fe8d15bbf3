"""Outgoing webhooks: other programs are told what happens. See docs/adr/0014-events.md."""
