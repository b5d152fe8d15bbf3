"""What was spent of the providers' limits: known to every process, and after a restart.

Revision ID: 0005
Revises: 0004
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.types import Json, Key

revision: str = "0005"
down_revision: str | Sequence[str] | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "budgets",
        sa.Column("owner", Key, nullable=False),
        sa.Column("calls", Json, nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_budgets")),
        mysql_charset="utf8mb4",
    )


def downgrade() -> None:
    op.drop_table("budgets")
