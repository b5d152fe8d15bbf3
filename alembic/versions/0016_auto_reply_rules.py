"""Auto-reply rules, and when each of them answered.

Revision ID: 0016
Revises: 0015
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.types import Json, Key, LongText, Ulid, UtcDateTime, checked_string

revision: str = "0016"
down_revision: str | Sequence[str] | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_RULES, _FIRINGS = "auto_reply_rules", "auto_reply_firings"
_MATCH_KINDS = (
    "exact",
    "contains",
    "word",
    "pattern",
    "first_message",
    "outside_hours",
    "unanswered",
)


def upgrade() -> None:
    op.create_table(
        _RULES,
        sa.Column("id", Ulid, nullable=False),
        sa.Column("channel_id", Ulid, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("match_kind", checked_string("rulematch", *_MATCH_KINDS), nullable=False),
        sa.Column("trigger_keywords", Json, nullable=False),
        sa.Column("pattern", sa.String(length=500), nullable=True),
        sa.Column("languages", Json, nullable=False),
        sa.Column("reply_message", LongText, nullable=True),
        sa.Column("reply_template_id", Ulid, nullable=True),
        sa.Column("agent_id", Ulid, nullable=True),
        sa.Column("delay_seconds", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("goes_on", sa.Boolean(), nullable=False),
        sa.Column("is_once_per_session", sa.Boolean(), nullable=False),
        sa.Column("limit_count", sa.Integer(), nullable=False),
        sa.Column("limit_minutes", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        _references(_RULES, "channel_id", "channels"),
        _references(_RULES, "reply_template_id", "whatsapp_message_templates"),
        _references(_RULES, "agent_id", "agents"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_RULES}")),
        mysql_charset="utf8mb4",
    )
    op.create_index(op.f("ix_auto_reply_rules_channel_id"), _RULES, ["channel_id"])
    op.create_table(
        _FIRINGS,
        sa.Column("id", Ulid, nullable=False),
        sa.Column("rule_id", Ulid, nullable=False),
        sa.Column("conversation_id", Ulid, nullable=False),
        sa.Column("session_id", Ulid, nullable=False),
        sa.Column("message_id", Key, nullable=False),
        sa.Column(
            "state",
            checked_string("firingstate", "waiting", "sent", "cancelled"),
            nullable=False,
        ),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        _references(_FIRINGS, "rule_id", _RULES),
        _references(_FIRINGS, "conversation_id", "conversations"),
        _references(_FIRINGS, "session_id", "sessions"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_FIRINGS}")),
        mysql_charset="utf8mb4",
    )
    op.create_index(op.f("ix_auto_reply_firings_rule_id"), _FIRINGS, ["rule_id"])
    op.create_index(op.f("ix_auto_reply_firings_session_id"), _FIRINGS, ["session_id"])
    op.create_index(
        "ix_auto_reply_firings_conversation", _FIRINGS, ["conversation_id", "due_at", "id"]
    )


def downgrade() -> None:
    op.drop_table(_FIRINGS)
    op.drop_table(_RULES)


def _references(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))
