"""Which sessions customers were asked to rate.

Revision ID: 0022
Revises: 0021
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.types import Key, Ulid, UtcDateTime

revision: str = "0022"
down_revision: str | Sequence[str] | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TABLE = "rating_requests"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("session_id", Ulid, nullable=False),
        sa.Column("conversation_id", Ulid, nullable=False),
        sa.Column("message_id", Key, nullable=False),
        sa.Column("thanks_id", Key, nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        _references("session_id", "sessions"),
        _references("conversation_id", "conversations"),
        sa.PrimaryKeyConstraint("session_id", name=op.f(f"pk_{_TABLE}")),
        mysql_charset="utf8mb4",
    )
    op.create_index(op.f("ix_rating_requests_conversation_id"), _TABLE, ["conversation_id"])


def downgrade() -> None:
    op.drop_table(_TABLE)


def _references(column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{_TABLE}_{column}"))
