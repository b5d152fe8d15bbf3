"""Servers of our own on loopback, for tests and fault injection: private folder, free port."""
