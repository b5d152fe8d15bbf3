"""The demonstration data of `osmodesk seed`: its passwords are published."""
