"""Ratings: ask customers about ended sessions, and take what they answer."""
