"""Canned replies: lookup by shortcut and rendering of variables."""
