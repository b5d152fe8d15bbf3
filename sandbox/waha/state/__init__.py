"""The world that the stand-in keeps, and its webhooks."""
