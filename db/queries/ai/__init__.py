"""Queries about AI agents and their answers."""
