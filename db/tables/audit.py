"""The audit log: who did what. Rows are only ever added."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from db.ids import UserId
from db.tables.base import primary_ulid, timestamp
from db.types import Json, Key


class AuditEntry(SQLModel, table=True):
    """One action that someone may have to answer for."""

    __tablename__ = "audit_log"
    __table_args__ = (
        sa.Index("ix_audit_log_subject", "subject", "created_at"),
        sa.Index("ix_audit_log_by_user", "user_id", "created_at"),
        sa.Index("ix_audit_log_by_actor", "actor", "created_at"),
        sa.Index("ix_audit_log_by_action", "action", "created_at"),
    )

    id: str = primary_ulid()
    # No foreign key: the entry is kept longer than the account.
    user_id: UserId | None = Field(default=None, sa_type=Key)
    actor: str = Field(sa_type=sa.String(190))
    action: str = Field(sa_type=sa.String(64))
    subject: str = Field(sa_type=sa.String(190))
    details: dict[str, Any] | None = Field(default=None, sa_type=Json)
    created_at: datetime = timestamp(index=True)
