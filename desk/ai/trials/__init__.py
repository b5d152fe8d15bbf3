"""Trials of AI agents: a question, or past sessions again; nothing is sent or stored."""
