"""Errors of AI agents that whoever acts is told; they import nothing of what answers."""


class SuggestionGoneError(Exception):
    """Somebody sent or dropped this suggestion, or something else took its place; says what."""
