"""The error of failed maintenance; its text is one line."""


class UpkeepError(Exception):
    """A backup, a restore or a migration cannot be done."""
