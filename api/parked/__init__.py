"""Parked updates by the API."""
