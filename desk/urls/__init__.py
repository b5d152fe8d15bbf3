"""Links that others give us: which of them we follow, and to where."""
