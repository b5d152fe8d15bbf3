"""What AI agents cost, beside the tokens of each budget.

Revision ID: 0019
Revises: 0018
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | Sequence[str] | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "ai_token_budgets", sa.Column("cost", sa.Double(), nullable=False, server_default="0")
    )
    with op.batch_alter_table("ai_token_budgets") as batch:
        batch.alter_column("cost", existing_type=sa.Double(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("ai_token_budgets") as batch:
        batch.drop_column("cost")
