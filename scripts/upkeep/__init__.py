"""Maintenance of a database: backup and restore, cleanup, and a page that shows its tables."""
