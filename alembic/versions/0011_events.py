"""Events, how far they were read, and the webhooks that are told of them.

Revision ID: 0011
Revises: 0010
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.types import Json, Key, LongText, QueueId, Ulid, UtcDateTime, checked_string

revision: str = "0011"
down_revision: str | Sequence[str] | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "events",
        sa.Column("id", QueueId, nullable=False),
        sa.Column("happened", LongText, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "event_cursors",
        sa.Column("name", Key, nullable=False),
        sa.Column("position", LongText, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_event_cursors")),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "webhooks",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("url", sa.String(2000), nullable=False),
        sa.Column("events", Json, nullable=False),
        sa.Column("secret", sa.String(255), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("last_delivered_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
        mysql_charset="utf8mb4",
    )
    states = checked_string("webhookdeliverystate", "pending", "aside", "delivered", "parked")
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("webhook_id", Ulid, nullable=False),
        sa.Column("event", sa.String(64), nullable=False),
        sa.Column("happened", LongText, nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(500), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhooks.id"], name=op.f("fk_webhook_deliveries_webhook_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        "ix_webhook_deliveries_next",
        "webhook_deliveries",
        ["webhook_id", "state", "due_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_webhook_deliveries_newest",
        "webhook_deliveries",
        ["webhook_id", "created_at", "id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("webhook_deliveries")
    op.drop_table("webhooks")
    op.drop_table("event_cursors")
    op.drop_table("events")
