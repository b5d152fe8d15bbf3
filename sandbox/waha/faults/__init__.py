"""Ordered faults."""
