"""The queue notices that waiting customers have.

Revision ID: 0032
Revises: 0031
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.types import Key, Ulid, UtcDateTime

revision: str = "0032"
down_revision: str | Sequence[str] | None = "0031"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TABLE = "queue_notices"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("session_id", Ulid, nullable=False),
        sa.Column("message", Key, nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("low", sa.Integer(), nullable=True),
        sa.Column("high", sa.Integer(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("edited_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f(f"fk_{_TABLE}_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f(f"pk_{_TABLE}")),
        mysql_charset="utf8mb4",
    )


def downgrade() -> None:
    op.drop_table(_TABLE)
