"""Judges rules and AI agents: one answer to each question, and none after a human."""
