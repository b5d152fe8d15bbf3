"""Converters between WAHA's JSON and the desk's words: pure, named by direction."""
