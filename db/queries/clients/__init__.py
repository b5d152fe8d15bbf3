"""Clients: lists, changes, merging, export, erasure."""
