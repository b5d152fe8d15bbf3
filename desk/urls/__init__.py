"""URLs that others give us: checks of where they lead, and our own public address."""
