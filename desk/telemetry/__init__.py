"""Telemetry: what a process counts, and what waits in the database, for whoever watches."""
