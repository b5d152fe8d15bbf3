"""What tells the contents of a database from other contents at the same address."""

from datetime import datetime

from sqlmodel import SQLModel

from db.tables.base import primary_ulid, timestamp


class InstallationMark(SQLModel, table=True):
    """The mark that the first desk on these tables made.

    Reset and restored tables have none, and the next desk makes a new one. So a desk that goes on
    running notices that its database was replaced.
    """

    __tablename__ = "installation_marks"

    id: str = primary_ulid()
    created_at: datetime = timestamp()
