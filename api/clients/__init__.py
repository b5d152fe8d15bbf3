"""Clients: list, show, rename, block, export, erase."""
