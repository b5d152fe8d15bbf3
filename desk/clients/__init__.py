"""Clients: profiles, merging, erasure."""
