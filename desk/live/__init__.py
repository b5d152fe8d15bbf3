"""Events as they are read again and told: see docs/adr/0013-events.md."""
