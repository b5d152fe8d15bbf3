"""The page where a user chooses a password with a one-time link."""
