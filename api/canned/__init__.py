"""Canned replies in the API."""
