"""First replies to requests with an idempotency key, so that a repeat is not done twice."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from db.ids import UserId
from db.tables.base import timestamp
from db.types import Key, LongText, Ulid


class IdempotencyKey(SQLModel, table=True):
    """One key of one user with the first reply; written in the transaction of the request."""

    __tablename__ = "idempotency_keys"

    user_id: UserId = Field(sa_type=Ulid, foreign_key="users.id", primary_key=True)
    # As the client sent it.
    key: str = Field(sa_type=Key, primary_key=True)
    # The request that wrote the row: of two at the same time, each can tell whether it was the
    # first.
    attempt: str = Field(sa_type=Ulid)
    # A hash of the request.
    fingerprint: str = Field(sa_type=Key)
    reply: str | None = Field(default=None, sa_type=LongText)
    created_at: datetime = timestamp(index=True)
