"""Outgoing webhooks: report events to other programs. See docs/adr/0014-events.md."""
