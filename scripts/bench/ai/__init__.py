"""Measures what an AI agent's answer costs beside the model's own time."""
