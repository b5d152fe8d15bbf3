"""What is wrong with the installation at the moment, as far as staff was told."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from db.tables.base import timestamp
from db.types import Key


class Alarm(SQLModel, table=True):
    """An alarm that is raised; when it is over, its row is deleted."""

    __tablename__ = "alarms"

    name: str = Field(sa_type=Key, primary_key=True)
    raised_at: datetime = timestamp()
