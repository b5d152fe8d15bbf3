"""Agents' own chats with a staff bot, and the queue boards of staff groups.

Revision ID: 0029
Revises: 0028
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.migration_steps import rebuild_tables
from db.types import Key, LongText, Ulid, UtcDateTime, checked_string

revision: str = "0029"
down_revision: str | Sequence[str] | None = "0028"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BOARDS, _CHATS = "staff_boards", "own_chats"


def upgrade() -> None:
    with rebuild_tables():
        with op.batch_alter_table("channels") as batch:
            mode = checked_string("staffmode", "group", "personal")
            batch.add_column(sa.Column("staff_mode", mode, nullable=True))
            of_staff = sa.Column("is_staff_bot", sa.Boolean(), nullable=False, server_default="0")
            batch.add_column(of_staff)
        with op.batch_alter_table("channels") as batch:
            batch.alter_column(
                "is_staff_bot",
                server_default=None,
                existing_type=sa.Boolean(),
                existing_nullable=False,
            )
    op.add_column("staff_places", sa.Column("opening", LongText, nullable=True))
    op.add_column("staff_places", sa.Column("left_at", UtcDateTime(), nullable=True))
    op.create_table(
        _BOARDS,
        sa.Column("channel_id", Ulid, nullable=False),
        sa.Column("chat", Key, nullable=False),
        sa.Column("message", Key, nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f(f"fk_{_BOARDS}_channel_id")
        ),
        sa.PrimaryKeyConstraint("channel_id", "chat", name=op.f(f"pk_{_BOARDS}")),
        mysql_charset="utf8mb4",
    )

    op.create_table(
        _CHATS,
        sa.Column("agent_id", Ulid, nullable=False),
        sa.Column(
            "state", checked_string("ownchatstate", "open", "blocked", "no_topics"), nullable=False
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f(f"fk_{_CHATS}_agent_id")),
        sa.PrimaryKeyConstraint("agent_id", name=op.f(f"pk_{_CHATS}")),
        mysql_charset="utf8mb4",
    )


def downgrade() -> None:
    op.drop_table(_CHATS)
    op.drop_table(_BOARDS)
    op.drop_column("staff_places", "left_at")
    op.drop_column("staff_places", "opening")
    with rebuild_tables(), op.batch_alter_table("channels") as batch:
        batch.drop_constraint(op.f("ck_channels_staffmode"), type_="check")
        batch.drop_column("staff_mode")
        batch.drop_column("is_staff_bot")
