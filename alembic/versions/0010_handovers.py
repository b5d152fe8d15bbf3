"""Handovers, names given by staff, and lists of sessions read off their indices.

The three indices on sessions replace three: a list comes in its order whoever it is read for, and
who waits longest is found as before. Every conversation has a time in the list of conversations.

Revision ID: 0010
Revises: 0009
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.types import Ulid, UtcDateTime

revision: str = "0010"
down_revision: str | Sequence[str] | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "conversation_handovers",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("conversation_id", Ulid, nullable=False),
        sa.Column("session_id", Ulid, nullable=False),
        sa.Column("from_agent_id", Ulid, nullable=True),
        sa.Column("to_agent_id", Ulid, nullable=False),
        sa.Column("by_agent_id", Ulid, nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        *_references(
            ("conversation_id", "conversations"),
            ("session_id", "sessions"),
            ("from_agent_id", "agents"),
            ("to_agent_id", "agents"),
            ("by_agent_id", "agents"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_handovers")),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        op.f("ix_conversation_handovers_session_id"), "conversation_handovers", ["session_id"]
    )
    renamed = sa.Column("is_renamed", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("clients", renamed)
    # The new ones first: a foreign key is never without an index.
    op.create_index("ix_sessions_held", "sessions", ["cs_id", "status", "created_at", "id"])
    op.create_index("ix_sessions_recent", "sessions", ["status", "created_at", "id"])
    op.create_index("ix_sessions_client", "sessions", ["client_id", "status", "created_at", "id"])
    op.drop_index("ix_sessions_client_status", table_name="sessions")
    op.drop_index("ix_sessions_cs_status", table_name="sessions")
    op.drop_index("ix_sessions_waiting", table_name="sessions")
    op.execute(
        "UPDATE conversations SET last_message_at = created_at WHERE last_message_at IS NULL"
    )


def _references(*columns: tuple[str, str]) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [column], [f"{table}.id"], name=op.f(f"fk_conversation_handovers_{column}")
        )
        for column, table in columns
    ]


def downgrade() -> None:
    op.create_index("ix_sessions_waiting", "sessions", ["status", "cs_id", "created_at"])
    op.create_index("ix_sessions_cs_status", "sessions", ["cs_id", "status"])
    op.create_index("ix_sessions_client_status", "sessions", ["client_id", "status"])
    op.drop_index("ix_sessions_client", table_name="sessions")
    op.drop_index("ix_sessions_recent", table_name="sessions")
    op.drop_index("ix_sessions_held", table_name="sessions")
    op.drop_column("clients", "is_renamed")
    op.drop_table("conversation_handovers")
