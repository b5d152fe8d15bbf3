"""Schemas of jobs."""

from datetime import datetime
from typing import Any

from pydantic import Field

from api.schemas.base import ResponseModel, Ulid
from db.tables import JobKind, JobState


class JobOut(ResponseModel):
    """Slow work that goes on after the response, also when a process stops or dies."""

    id: Ulid
    kind: JobKind
    state: JobState = Field(
        description="pending: waits, also for the next attempt; failed: given up, ask again"
    )
    attempts: int
    error: str | None = Field(description="why the last attempt failed")
    run_at: datetime = Field(description="when this attempt was due")
    result: dict[str, Any] | None = Field(
        description="what was done; while the job runs, how far it is (`done` of `total`)"
    )
    created_at: datetime
    settled_at: datetime | None = Field(description="when it was done or given up")
