"""Events as they are read again and told: see docs/adr/0014-events.md."""
