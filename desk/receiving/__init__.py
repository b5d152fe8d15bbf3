"""Receiving: handle the inbox, in order within each conversation."""
