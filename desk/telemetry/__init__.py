"""Telemetry: the counters of a process, and the backlog in the database."""
