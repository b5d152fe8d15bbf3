"""The figures of sessions, and what they are counted from.

Revision ID: 0006
Revises: 0005
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.types import LongText, Ulid, UtcDateTime

revision: str = "0006"
down_revision: str | Sequence[str] | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "conversation_metrics",
        sa.Column("session_id", Ulid, nullable=False),
        sa.Column("conversation_id", Ulid, nullable=False),
        sa.Column("channel_id", Ulid, nullable=False),
        sa.Column("agent_id", Ulid, nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("first_held_at", UtcDateTime(), nullable=True),
        sa.Column("waiting_seconds", sa.Double(), nullable=True),
        sa.Column("waiting_business_seconds", sa.Double(), nullable=True),
        sa.Column("first_inbound_at", UtcDateTime(), nullable=True),
        sa.Column("first_answer_at", UtcDateTime(), nullable=True),
        sa.Column("first_answer_seconds", sa.Double(), nullable=True),
        sa.Column("first_answer_business_seconds", sa.Double(), nullable=True),
        sa.Column("first_human_at", UtcDateTime(), nullable=True),
        sa.Column("first_human_seconds", sa.Double(), nullable=True),
        sa.Column("first_human_business_seconds", sa.Double(), nullable=True),
        sa.Column("first_human_by_id", Ulid, nullable=True),
        sa.Column("first_ai_at", UtcDateTime(), nullable=True),
        sa.Column("first_ai_seconds", sa.Double(), nullable=True),
        sa.Column("first_rule_at", UtcDateTime(), nullable=True),
        sa.Column("first_rule_seconds", sa.Double(), nullable=True),
        sa.Column("next_answer_count", sa.Integer(), nullable=False),
        sa.Column("next_answer_seconds_sum", sa.Double(), nullable=False),
        sa.Column("next_answer_seconds_max", sa.Double(), nullable=True),
        sa.Column("next_answer_business_sum", sa.Double(), nullable=False),
        sa.Column("next_answer_business_max", sa.Double(), nullable=True),
        sa.Column("unanswered_since", UtcDateTime(), nullable=True),
        sa.Column("resolution_seconds", sa.Double(), nullable=True),
        sa.Column("resolution_business_seconds", sa.Double(), nullable=True),
        sa.Column("inbound_count", sa.Integer(), nullable=False),
        sa.Column("human_count", sa.Integer(), nullable=False),
        sa.Column("ai_count", sa.Integer(), nullable=False),
        sa.Column("rule_count", sa.Integer(), nullable=False),
        sa.Column("last_message_at", UtcDateTime(), nullable=True),
        sa.Column("handover_count", sa.Integer(), nullable=False),
        sa.Column("reopen_count", sa.Integer(), nullable=False),
        sa.Column("rating", sa.SmallInteger(), nullable=True),
        sa.Column("rating_comment", LongText, nullable=True),
        sa.Column("rated_at", UtcDateTime(), nullable=True),
        sa.Column("is_first_answer_breached", sa.Boolean(), nullable=True),
        sa.Column("is_next_answer_breached", sa.Boolean(), nullable=True),
        sa.Column("is_resolution_breached", sa.Boolean(), nullable=True),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_conversation_metrics_rating")),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_conversation_metrics_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_conversation_metrics_channel_id")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_conversation_metrics_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["first_human_by_id"],
            ["agents.id"],
            name=op.f("fk_conversation_metrics_first_human_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_conversation_metrics_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_conversation_metrics")),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        "ix_conversation_metrics_agent",
        "conversation_metrics",
        ["agent_id", "opened_at"],
        unique=False,
    )
    op.create_index(
        "ix_conversation_metrics_channel",
        "conversation_metrics",
        ["channel_id", "opened_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_conversation_metrics_conversation_id"),
        "conversation_metrics",
        ["conversation_id"],
        unique=False,
    )
    op.create_index(
        "ix_conversation_metrics_opened", "conversation_metrics", ["opened_at"], unique=False
    )
    op.add_column("messages", sa.Column("released_at", UtcDateTime(), nullable=True))
    op.add_column("sessions", sa.Column("first_held_at", UtcDateTime(), nullable=True))
    # The default is for the rows that are there already.
    op.add_column(
        "sessions", sa.Column("reopen_count", sa.Integer(), nullable=False, server_default="0")
    )


def downgrade() -> None:
    op.drop_column("sessions", "reopen_count")
    op.drop_column("sessions", "first_held_at")
    op.drop_column("messages", "released_at")
    op.drop_table("conversation_metrics")
