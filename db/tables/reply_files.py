"""Files that are uploaded once and sent often: by auto-reply rules and by AI agents."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from db.ids import ReplyFileId
from db.tables.base import primary_ulid, timestamp
from db.types import Key


class ReplyFile(SQLModel, table=True):
    """A file below MEDIA_DIR, stored under this row's id as uploads are under their message's."""

    __tablename__ = "reply_files"
    __table_args__ = (sa.Index("ix_reply_files_list", "created_at", "id"),)

    id: ReplyFileId = primary_ulid()
    # The type of the message that carries it.
    message_type: str = Field(sa_type=Key)
    name: str | None = Field(default=None, sa_type=sa.String(190))
    mime: str = Field(sa_type=sa.String(120))
    size: int
    sha256: str = Field(sa_type=sa.String(64))
    created_at: datetime = timestamp()
