"""Cooperation of processes: notifications, membership, and leader locks."""
