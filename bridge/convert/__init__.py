"""Formatting as WhatsApp writes it, to and from the desk's: pure functions for both kinds of number."""
