"""What upkeep cannot do, told in one line."""


class UpkeepError(Exception):
    """A backup, a restore or a reset cannot be done as asked."""
