"""The log of AI answers.

Revision ID: 0005
Revises: 0004
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.types import Json, Key, LongText, Ulid, UtcDateTime, checked_string

revision: str = "0005"
down_revision: str | Sequence[str] | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "ai_conversation_logs",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("conversation_id", Ulid, nullable=False),
        sa.Column("session_id", Ulid, nullable=False),
        sa.Column("agent_id", Ulid, nullable=False),
        sa.Column("channel_id", Ulid, nullable=False),
        sa.Column("message_id", Key, nullable=True),
        sa.Column("reply_id", Key, nullable=True),
        sa.Column("user_message", LongText, nullable=False),
        sa.Column("ai_response", LongText, nullable=True),
        sa.Column("confidence_score", sa.Double(), nullable=True),
        sa.Column("used_knowledge", Json, nullable=False),
        sa.Column(
            "action",
            checked_string(
                "aiaction", "answer", "clarify", "offer", "handover", "dropped", "failed"
            ),
            nullable=False,
        ),
        sa.Column("mode", checked_string("aimode", "automatic", "suggest", "off"), nullable=False),
        sa.Column("handover_triggered", sa.Boolean(), nullable=False),
        sa.Column("handover_reason", sa.String(length=500), nullable=True),
        sa.Column("model", sa.String(length=120), nullable=True),
        sa.Column("tokens_in", sa.Integer(), nullable=False),
        sa.Column("tokens_out", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Double(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("judged_wrong", sa.Boolean(), nullable=False),
        sa.Column("wrong_reason", sa.String(length=500), nullable=True),
        sa.Column("judged_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "confidence_score >= 0 AND confidence_score <= 1",
            name=op.f("ck_ai_conversation_logs_confidence_score"),
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_ai_conversation_logs_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_ai_conversation_logs_channel_id")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_ai_conversation_logs_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_ai_conversation_logs_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ai_conversation_logs")),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        "ix_ai_conversation_logs_agent",
        "ai_conversation_logs",
        ["agent_id", "created_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_ai_conversation_logs_conversation_id"),
        "ai_conversation_logs",
        ["conversation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_ai_conversation_logs_created_at"),
        "ai_conversation_logs",
        ["created_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_ai_conversation_logs_reply_id"), "ai_conversation_logs", ["reply_id"], unique=False
    )
    op.create_index(
        op.f("ix_ai_conversation_logs_session_id"),
        "ai_conversation_logs",
        ["session_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("ai_conversation_logs")
