"""Text entities and parse modes."""
