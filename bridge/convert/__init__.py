"""Formatting as WhatsApp writes it, for both kinds of number: pure functions, by direction."""
