"""The world that the stand-in keeps, its webhooks, and calls on it."""
