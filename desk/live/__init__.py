"""Read the event log for subscribers: see docs/adr/0014-events.md."""
