"""Calls about numbers, accounts, media and templates."""
