"""The page on which a one-time link leads to a password."""
