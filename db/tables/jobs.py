"""Jobs: slow work outside a transaction. See docs/adr/0023-jobs.md."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from db.ids import JobId
from db.tables.base import new_dict, primary_ulid, timestamp
from db.types import Json, Key, Ulid, short_enum


class JobKind(StrEnum):
    """The work that a job asks for; each kind has one handler."""

    ERASE_CLIENT = "erase_client"
    IMPORT_KNOWLEDGE = "import_knowledge"
    AI_TURN = "ai_turn"
    SEND_SUMMARY = "send_summary"
    EMBED_KNOWLEDGE = "embed_knowledge"
    SEND_BROADCAST = "send_broadcast"
    EXPORT_CLIENT = "export_client"


class JobState(StrEnum):
    """The state of a job; FAILED: given up, the error says why."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(SQLModel, table=True):
    """One piece of slow work; only `db/queues/jobs.py` reads and writes this table."""

    __tablename__ = "jobs"
    __table_args__ = (sa.Index("ix_jobs_due", "state", "run_at"),)

    id: JobId = primary_ulid()
    kind: JobKind = Field(sa_type=short_enum(JobKind))
    payload: dict[str, Any] = Field(default_factory=new_dict, sa_type=Json, nullable=False)
    # At most one job with this key is open or failed; a job that is done has none.
    dedup_key: str | None = Field(default=None, sa_type=Key, unique=True)
    state: JobState = Field(default=JobState.PENDING, sa_type=short_enum(JobState))
    # Claims so far, with the present one: a job that kills its process is given up, too.
    attempts: int = 0
    run_at: datetime = timestamp()
    # The claim that runs the job. A process whose lease expired cannot settle anything.
    lease: str | None = Field(default=None, sa_type=Ulid)
    lease_until: datetime | None = timestamp(nullable=True)
    result: dict[str, Any] | None = Field(default=None, sa_type=Json)
    error: str | None = Field(default=None, sa_type=sa.String(500))
    created_at: datetime = timestamp()
    settled_at: datetime | None = timestamp(nullable=True)
