"""A server of the tests' own: the same that fault injection uses."""

from scripts.private_servers.process import Server, free_port

__all__ = ["Server", "free_port"]
