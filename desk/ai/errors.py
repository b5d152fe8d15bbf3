"""Errors that an agent or administrator sees. This module imports nothing of the AI itself."""


class UnknownAiAgentError(LookupError):
    """There is no AI agent with this id, or it was deleted."""


class AiAgentNeededError(Exception):
    """Channels name this AI agent and no other, so all others would answer there."""


class SuggestionGoneError(Exception):
    """Somebody sent or dropped this suggestion, or something else took its place; says what."""
