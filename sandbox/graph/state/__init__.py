"""The world that the stand-in keeps, and calls on it."""
