"""Auto-reply rules: what they match, which of them answer, and their answers."""
