"""The inbox, the outbox, their lanes, rate limits, and jobs.

Revision ID: 0003
Revises: 0002
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.types import Json, Key, LongText, QueueId, Ulid, UtcDateTime, checked_string

revision: str = "0003"
down_revision: str | Sequence[str] | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "lanes",
        sa.Column(
            "queue",
            checked_string("queue", "inbox", "customer", "staff", "background"),
            nullable=False,
        ),
        sa.Column("lane", Key, nullable=False),
        sa.Column("rate_limit_key", Key, nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("lease", Ulid, nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("queue", "lane", name=op.f("pk_lanes")),
        mysql_charset="utf8mb4",
    )
    op.create_index("ix_lanes_due", "lanes", ["queue", "due_at", "rate_limit_key"], unique=False)
    op.create_index(op.f("ix_lanes_lease"), "lanes", ["lease"], unique=False)
    op.create_table(
        "inbox",
        sa.Column("id", QueueId, nullable=False),
        sa.Column("channel_id", Ulid, nullable=False),
        sa.Column("provider_id", Key, nullable=False),
        sa.Column("lane", Key, nullable=False),
        sa.Column("payload", LongText, nullable=False),
        sa.Column(
            "state", checked_string("inboxstate", "pending", "done", "parked"), nullable=False
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", LongText, nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_inbox_channel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint(
            "channel_id", "provider_id", name=op.f("uq_inbox_channel_id_provider_id")
        ),
        mysql_charset="utf8mb4",
    )
    op.create_index("ix_inbox_waiting", "inbox", ["state", "lane", "id", "due_at"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", QueueId, nullable=False),
        sa.Column("channel_id", Ulid, nullable=False),
        sa.Column("conversation_id", Ulid, nullable=True),
        sa.Column("message_id", Key, nullable=True),
        sa.Column("place_id", Ulid, nullable=True),
        sa.Column("lane", Key, nullable=False),
        sa.Column(
            "kind",
            checked_string(
                "outboxkind",
                "answer",
                "notice",
                "copy",
                "staff_notice",
                "edit",
                "reaction",
                "delete",
                "card",
                "pin",
                "general",
                "button_reply",
                "seen",
            ),
            nullable=False,
        ),
        sa.Column("payload", Json, nullable=False),
        sa.Column("dedup_key", Key, nullable=True),
        sa.Column(
            "state",
            checked_string("outboxstate", "pending", "sending", "done", "failed", "uncertain"),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_outbox_channel_id")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_outbox_conversation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("dedup_key", name=op.f("uq_outbox_dedup_key")),
        mysql_charset="utf8mb4",
    )
    op.create_index("ix_outbox_lane", "outbox", ["state", "lane", "id"], unique=False)
    op.create_index(op.f("ix_outbox_message_id"), "outbox", ["message_id"], unique=False)
    op.create_table(
        "rate_limit_backoffs",
        sa.Column("rate_limit_key", Key, nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("rate_limit_key", name=op.f("pk_rate_limit_backoffs")),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "rate_limit_usage",
        sa.Column("owner", Key, nullable=False),
        sa.Column("calls", Json, nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_rate_limit_usage")),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "jobs",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("kind", checked_string("jobkind", "erase_client"), nullable=False),
        sa.Column("payload", Json, nullable=False),
        sa.Column("dedup_key", Key, nullable=True),
        sa.Column(
            "state",
            checked_string("jobstate", "pending", "running", "done", "failed"),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("run_at", UtcDateTime(), nullable=False),
        sa.Column("lease", Ulid, nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("result", Json, nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("dedup_key", name=op.f("uq_jobs_dedup_key")),
        mysql_charset="utf8mb4",
    )
    op.create_index("ix_jobs_due", "jobs", ["state", "run_at"], unique=False)


def downgrade() -> None:
    op.drop_table("jobs")
    op.drop_table("rate_limit_usage")
    op.drop_table("rate_limit_backoffs")
    op.drop_table("outbox")
    op.drop_table("inbox")
    op.drop_table("lanes")
