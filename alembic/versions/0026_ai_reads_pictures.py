"""AI agents read customers' pictures where that is switched on.

Revision ID: 0026
Revises: 0025
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0026"
down_revision: str | Sequence[str] | None = "0025"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_CONFIGS, _READS = "agent_ai_configs", "reads_pictures"


def upgrade() -> None:
    column = sa.Column(_READS, sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column(_CONFIGS, column)
    with op.batch_alter_table(_CONFIGS) as batch:
        batch.alter_column(
            _READS, existing_type=sa.Boolean(), existing_nullable=False, server_default=None
        )


def downgrade() -> None:
    op.drop_column(_CONFIGS, _READS)
