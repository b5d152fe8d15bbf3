"""Ordered faults and flood limits."""
