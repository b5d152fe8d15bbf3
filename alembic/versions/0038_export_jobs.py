"""Copies of customers' data are sent by a job.

Revision ID: 0038
Revises: 0037
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.migration_steps import rebuild_tables

revision: str = "0038"
down_revision: str | Sequence[str] | None = "0037"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_KINDS_BEFORE = (
    "erase_client",
    "import_knowledge",
    "ai_turn",
    "send_summary",
    "embed_knowledge",
    "send_broadcast",
)
_KINDS_AFTER = (*_KINDS_BEFORE, "export_client")


def upgrade() -> None:
    _change_job_kinds(_KINDS_AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM jobs WHERE kind = 'export_client'")
    _change_job_kinds(_KINDS_BEFORE)


def _change_job_kinds(kinds: Sequence[str]) -> None:
    name = op.f("ck_jobs_jobkind")
    with rebuild_tables(), op.batch_alter_table("jobs") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, sa.column("kind").in_(kinds))
