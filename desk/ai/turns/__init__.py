"""Turns of AI agents: from a customer's burst of messages to one answer, or to a person."""
