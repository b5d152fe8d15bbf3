"""AI agents: their configurations, what they know of a session, their turns.

Revision ID: 0008
Revises: 0007
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.types import Json, Key, LongText, Ulid, UtcDateTime, checked_string

revision: str = "0008"
down_revision: str | Sequence[str] | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_MODES = ("automatic", "suggest", "off")


def upgrade() -> None:
    op.create_table(
        "agent_ai_configs",
        sa.Column("agent_id", Ulid, nullable=False),
        sa.Column("mode", checked_string("aimode", *_MODES), nullable=False),
        sa.Column("style", LongText, nullable=False),
        sa.Column("knowledge", LongText, nullable=False),
        sa.Column("products", Json, nullable=False),
        sa.Column("article_tags", Json, nullable=False),
        sa.Column("model", sa.String(length=120), nullable=True),
        sa.Column("temperature", sa.Double(), nullable=True),
        sa.Column("confidence_threshold", sa.Double(), nullable=True),
        sa.Column("handover_conditions", Json, nullable=False),
        sa.Column("handover_rules", Json, nullable=False),
        sa.Column("follow_ups", Json, nullable=False),
        sa.Column("pictures", Json, nullable=False),
        sa.Column("working_hours", Json, nullable=True),
        sa.Column("reply_limit", sa.Integer(), nullable=True),
        sa.Column("reply_limit_notice", LongText, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_agent_ai_configs_agent_id")
        ),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_agent_ai_configs")),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "ai_sessions",
        sa.Column("session_id", Ulid, nullable=False),
        sa.Column("agent_id", Ulid, nullable=True),
        sa.Column("mode", checked_string("aimode", *_MODES), nullable=True),
        sa.Column("replies", sa.Integer(), nullable=False),
        sa.Column("complaints", sa.Integer(), nullable=False),
        sa.Column("is_introduced", sa.Boolean(), nullable=False),
        sa.Column("handed_over_at", UtcDateTime(), nullable=True),
        sa.Column("last_human_at", UtcDateTime(), nullable=True),
        sa.Column("unanswered_since", UtcDateTime(), nullable=True),
        sa.Column("last_answer_id", Key, nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_ai_sessions_agent_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_ai_sessions_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_ai_sessions")),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "ai_turns",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("session_id", Ulid, nullable=False),
        sa.Column("conversation_id", Ulid, nullable=False),
        sa.Column("channel_id", Ulid, nullable=False),
        sa.Column("agent_id", Ulid, nullable=False),
        sa.Column("mode", checked_string("aimode", *_MODES), nullable=False),
        sa.Column(
            "state",
            checked_string("aiturnstate", "waiting", "thinking", "suggested", "done", "dropped"),
            nullable=False,
        ),
        sa.Column(
            "action",
            checked_string(
                "aiaction", "answer", "clarify", "offer", "handover", "dropped", "failed"
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("first_message_id", Key, nullable=False),
        sa.Column("last_message_id", Key, nullable=False),
        sa.Column("seen_until", Key, nullable=True),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("start_at", UtcDateTime(), nullable=False),
        sa.Column("deadline_at", UtcDateTime(), nullable=False),
        sa.Column("message_id", Key, nullable=True),
        sa.Column("draft", LongText, nullable=True),
        sa.Column("offers", Json, nullable=True),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("why", Json, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column(
            "open_session_id",
            Ulid,
            sa.Computed(
                "CASE WHEN state IN ('waiting', 'thinking') THEN session_id END", persisted=False
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_ai_turns_agent_id")),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_ai_turns_channel_id")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_ai_turns_conversation_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_ai_turns_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ai_turns")),
        sa.UniqueConstraint("open_session_id", name=op.f("uq_ai_turns_open_session_id")),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        op.f("ix_ai_turns_conversation_id"), "ai_turns", ["conversation_id"], unique=False
    )
    op.create_index(op.f("ix_ai_turns_created_at"), "ai_turns", ["created_at"], unique=False)
    op.create_index("ix_ai_turns_session", "ai_turns", ["session_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("ai_turns")
    op.drop_table("ai_sessions")
    op.drop_table("agent_ai_configs")
