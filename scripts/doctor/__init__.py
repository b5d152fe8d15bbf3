"""`osmodesk doctor`: asks the real services whether the settings are right."""
