"""Parked updates in the API."""
