"""Broadcasts, their recipients, and the lanes in which they are sent.

Revision ID: 0036
Revises: 0035
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.migration_steps import rebuild_tables
from db.types import Json, Key, LongText, Ulid, UtcDateTime, checked_string

revision: str = "0036"
down_revision: str | Sequence[str] | None = "0035"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BROADCASTS, _RECIPIENTS = "broadcasts", "broadcast_recipients"
_KINDS_BEFORE = ("erase_client", "import_knowledge", "ai_turn", "send_summary", "embed_knowledge")
_KINDS_AFTER = (*_KINDS_BEFORE, "send_broadcast")
_QUEUES_BEFORE = ("inbox", "customer", "staff", "background")
_QUEUES_AFTER = (*_QUEUES_BEFORE, "broadcast")


def upgrade() -> None:
    _change_values("jobs", "kind", "jobkind", _KINDS_AFTER)
    _change_values("lanes", "queue", "queue", _QUEUES_AFTER)
    op.add_column("conversations", sa.Column("unseen_broadcast_id", Key, nullable=True))
    _create_broadcasts()
    _create_recipients()


def _create_broadcasts() -> None:
    states = ("draft", "scheduled", "running", "paused", "done", "canceled")
    op.create_table(
        _BROADCASTS,
        sa.Column("id", Ulid, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("state", checked_string("broadcaststate", *states), nullable=False),
        sa.Column("text", LongText, nullable=True),
        sa.Column("entities", Json, nullable=True),
        sa.Column("file_id", Ulid, nullable=True),
        sa.Column("template", Json, nullable=True),
        sa.Column("audience", Json, nullable=False),
        sa.Column("author_name", sa.String(length=190), nullable=False),
        sa.Column("listed_until", Ulid, nullable=True),
        sa.Column("is_listed", sa.Boolean(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["reply_files.id"], name=op.f(f"fk_{_BROADCASTS}_file_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_BROADCASTS}")),
        mysql_charset="utf8mb4",
    )
    op.create_index("ix_broadcasts_recent", _BROADCASTS, ["created_at", "id"], unique=False)


def _create_recipients() -> None:
    states = ("waiting", "queued", "sent", "uncertain", "failed", "skipped")
    op.create_table(
        _RECIPIENTS,
        sa.Column("broadcast_id", Ulid, nullable=False),
        sa.Column("client_id", Ulid, nullable=False),
        sa.Column("channel_id", Ulid, nullable=False),
        sa.Column("conversation_id", Ulid, nullable=False),
        sa.Column("state", checked_string("recipientstate", *states), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("message_id", Key, nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["broadcast_id"], ["broadcasts.id"], name=op.f(f"fk_{_RECIPIENTS}_broadcast_id")
        ),
        sa.PrimaryKeyConstraint("broadcast_id", "client_id", name=op.f(f"pk_{_RECIPIENTS}")),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        "ix_broadcast_recipients_state",
        _RECIPIENTS,
        ["broadcast_id", "state", "channel_id", "client_id"],
        unique=False,
    )
    for column in ("conversation_id", "message_id"):
        op.create_index(op.f(f"ix_{_RECIPIENTS}_{column}"), _RECIPIENTS, [column], unique=False)


def downgrade() -> None:
    op.drop_table(_RECIPIENTS)
    op.drop_table(_BROADCASTS)
    op.drop_column("conversations", "unseen_broadcast_id")
    op.execute("DELETE FROM lanes WHERE queue = 'broadcast'")
    _change_values("lanes", "queue", "queue", _QUEUES_BEFORE)
    op.execute("DELETE FROM jobs WHERE kind = 'send_broadcast'")
    _change_values("jobs", "kind", "jobkind", _KINDS_BEFORE)


def _change_values(table: str, column: str, check: str, values: Sequence[str]) -> None:
    name = op.f(f"ck_{table}_{check}")
    with rebuild_tables(), op.batch_alter_table(table) as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, sa.column(column).in_(values))
