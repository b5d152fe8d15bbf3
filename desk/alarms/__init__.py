"""Alarms: what goes wrong with the installation, said to staff once, and once when it is over."""
