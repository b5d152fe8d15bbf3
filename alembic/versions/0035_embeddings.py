"""Vectors of the knowledge's texts, and the job that makes them.

Revision ID: 0035
Revises: 0034
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.migration_steps import rebuild_tables
from db.types import Key, LongText

revision: str = "0035"
down_revision: str | Sequence[str] | None = "0034"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_KINDS_BEFORE = ("erase_client", "import_knowledge", "ai_turn", "send_summary")
_KINDS_AFTER = (*_KINDS_BEFORE, "embed_knowledge")
_EMBEDDINGS, _REVISIONS = "knowledge_embeddings", "knowledge_revisions"


def upgrade() -> None:
    op.create_table(
        _EMBEDDINGS,
        sa.Column("model", sa.String(length=190), nullable=False),
        sa.Column("text_hash", Key, nullable=False),
        sa.Column("vector", LongText, nullable=False),
        sa.PrimaryKeyConstraint("model", "text_hash", name=op.f(f"pk_{_EMBEDDINGS}")),
        mysql_charset="utf8mb4",
    )
    op.add_column(_REVISIONS, sa.Column("embedded_revision", sa.BigInteger(), nullable=True))
    op.add_column(_REVISIONS, sa.Column("embedding_model", sa.String(length=190), nullable=True))
    _change_job_kinds(_KINDS_AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM jobs WHERE kind = 'embed_knowledge'")
    _change_job_kinds(_KINDS_BEFORE)
    op.drop_column(_REVISIONS, "embedding_model")
    op.drop_column(_REVISIONS, "embedded_revision")
    op.drop_table(_EMBEDDINGS)


def _change_job_kinds(kinds: Sequence[str]) -> None:
    name = op.f("ck_jobs_jobkind")
    with rebuild_tables(), op.batch_alter_table("jobs") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, sa.column("kind").in_(kinds))
