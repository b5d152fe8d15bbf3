"""Targets for answers (SLA): whether a customer waits too long. docs/sla.md has the rules."""
