"""Logs, task monitor, readiness."""
