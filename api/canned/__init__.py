"""Canned replies by the API."""
