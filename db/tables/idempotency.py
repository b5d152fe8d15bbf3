"""What was answered to requests that carry a key, so that the same one is not done twice."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from db.ids import UserId
from db.tables.base import timestamp
from db.types import Key, LongText, Ulid


class IdempotencyKey(SQLModel, table=True):
    """One key of one user, with the first reply; written in the transaction of what was done."""

    __tablename__ = "idempotency_keys"

    user_id: UserId = Field(sa_type=Ulid, foreign_key="users.id", primary_key=True)
    # As the client named it.
    key: str = Field(sa_type=Key, primary_key=True)
    # Which try wrote the row: of two at once, each can tell whether it was the first.
    attempt: str = Field(sa_type=Ulid)
    # A hash of what was asked for.
    fingerprint: str = Field(sa_type=Key)
    reply: str | None = Field(default=None, sa_type=LongText)
    created_at: datetime = timestamp(index=True)
