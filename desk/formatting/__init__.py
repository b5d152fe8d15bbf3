"""Split and merge formatted text."""
