"""The private servers that fault injection uses too."""

from scripts.private_servers.process import Server, free_port

__all__ = ["Server", "free_port"]
