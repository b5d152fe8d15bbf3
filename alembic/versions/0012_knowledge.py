"""Knowledge: articles, passages, questions, and the job that imports files.

Revision ID: 0012
Revises: 0011
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.migration_steps import rebuild_tables
from db.types import Json, Key, LongText, Ulid, UtcDateTime, checked_string

revision: str = "0012"
down_revision: str | Sequence[str] | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_KINDS_BEFORE = ("erase_client",)
_KINDS_AFTER = (*_KINDS_BEFORE, "import_knowledge")


def upgrade() -> None:
    op.create_table(
        "knowledge_articles",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("title", sa.String(length=190), nullable=False),
        sa.Column("text", LongText, nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("tags", Json, nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=190), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_articles")),
        mysql_charset="utf8mb4",
    )
    op.create_index("ix_knowledge_articles_list", "knowledge_articles", ["created_at", "id"])
    op.create_index(op.f("ix_knowledge_articles_source"), "knowledge_articles", ["source"])
    op.create_table(
        "knowledge_passages",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("article_id", Ulid, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", LongText, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["knowledge_articles.id"], name=op.f("fk_knowledge_passages_article_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_passages")),
        mysql_charset="utf8mb4",
    )
    op.create_index(op.f("ix_knowledge_passages_article_id"), "knowledge_passages", ["article_id"])
    op.create_table(
        "knowledge_questions",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("passage_id", Ulid, nullable=True),
        sa.Column("text", LongText, nullable=False),
        sa.Column(
            "state",
            checked_string("questionstate", "accepted", "proposed", "refused"),
            nullable=False,
        ),
        sa.Column("answer", LongText, nullable=True),
        sa.Column("conversation_id", Key, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["passage_id"],
            ["knowledge_passages.id"],
            name=op.f("fk_knowledge_questions_passage_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_questions")),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        "ix_knowledge_questions_state", "knowledge_questions", ["state", "created_at", "id"]
    )
    op.create_index(
        op.f("ix_knowledge_questions_passage_id"), "knowledge_questions", ["passage_id"]
    )
    op.create_index(
        op.f("ix_knowledge_questions_conversation_id"), "knowledge_questions", ["conversation_id"]
    )
    op.create_table(
        "knowledge_revisions",
        sa.Column("name", Key, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_knowledge_revisions")),
        mysql_charset="utf8mb4",
    )
    _change_job_kinds(_KINDS_AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM jobs WHERE kind = 'import_knowledge'")
    _change_job_kinds(_KINDS_BEFORE)
    for table in (
        "knowledge_revisions",
        "knowledge_questions",
        "knowledge_passages",
        "knowledge_articles",
    ):
        op.drop_table(table)


def _change_job_kinds(kinds: Sequence[str]) -> None:
    name = op.f("ck_jobs_jobkind")
    with rebuild_tables(), op.batch_alter_table("jobs") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, sa.column("kind").in_(kinds))
