"""The tokens that AI agents used or reserved.

Revision ID: 0010
Revises: 0009
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.types import Key, Ulid, UtcDateTime

revision: str = "0010"
down_revision: str | Sequence[str] | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "ai_token_budgets",
        sa.Column("budget", Key, nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("budget", name=op.f("pk_ai_token_budgets")),
    )
    op.create_index(
        op.f("ix_ai_token_budgets_changed_at"), "ai_token_budgets", ["changed_at"], unique=False
    )
    op.create_table(
        "ai_token_reservations",
        sa.Column("caller", Ulid, nullable=False),
        sa.Column("budget", Key, nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("reserved_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("caller", "budget", name=op.f("pk_ai_token_reservations")),
    )
    op.create_index(
        op.f("ix_ai_token_reservations_reserved_at"),
        "ai_token_reservations",
        ["reserved_at"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_ai_token_reservations_reserved_at"), table_name="ai_token_reservations")
    op.drop_table("ai_token_reservations")
    op.drop_index(op.f("ix_ai_token_budgets_changed_at"), table_name="ai_token_budgets")
    op.drop_table("ai_token_budgets")
