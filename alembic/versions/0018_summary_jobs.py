"""The summary for staff is sent by a job.

Revision ID: 0018
Revises: 0017
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.migration_steps import rebuild_tables

revision: str = "0018"
down_revision: str | Sequence[str] | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_KINDS_BEFORE = ("erase_client", "import_knowledge", "ai_turn")
_KINDS_AFTER = (*_KINDS_BEFORE, "send_summary")


def upgrade() -> None:
    _change_job_kinds(_KINDS_AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM jobs WHERE kind = 'send_summary'")
    _change_job_kinds(_KINDS_BEFORE)


def _change_job_kinds(kinds: Sequence[str]) -> None:
    name = op.f("ck_jobs_jobkind")
    with rebuild_tables(), op.batch_alter_table("jobs") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, sa.column("kind").in_(kinds))
