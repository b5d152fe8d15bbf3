"""Ordered faults and sending limits."""
