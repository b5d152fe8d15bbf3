"""Every query and view, by what it is about."""
