"""Tags: the words by which staff sorts sessions."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from db.ids import SessionId, TagId
from db.tables.base import last_change, primary_ulid, reference, timestamp
from db.types import Key

MAX_TAG_LENGTH = 50


class Tag(SQLModel, table=True):
    """A tag of the desk, which any session can have."""

    __tablename__ = "tags"

    id: TagId = primary_ulid()
    name: str = Field(sa_type=sa.String(MAX_TAG_LENGTH))
    # What names have in common that people take for the same one: db/name_keys.py.
    name_key: str = Field(sa_type=Key, unique=True)
    created_at: datetime = timestamp()
    updated_at: datetime = last_change()


class SessionTag(SQLModel, table=True):
    """A session has a tag."""

    __tablename__ = "session_tags"
    __table_args__ = (sa.Index("ix_session_tags_tag", "tag_id", "session_id"),)

    session_id: SessionId = reference("sessions.id", primary_key=True)
    tag_id: TagId = reference("tags.id", primary_key=True)
