"""Helpers for reading long lists: pages, search, and what an agent may see."""
