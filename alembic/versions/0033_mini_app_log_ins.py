"""Log-ins of Mini Apps, each begun by data that begins no other.

Revision ID: 0033
Revises: 0032
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.migration_steps import rebuild_tables
from db.types import Key

revision: str = "0033"
down_revision: str | Sequence[str] | None = "0032"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TABLE = "log_ins"
_UNIQUE = "uq_log_ins_init_data_digest"


def upgrade() -> None:
    with rebuild_tables(), op.batch_alter_table(_TABLE) as table:
        table.add_column(sa.Column("init_data_digest", Key, nullable=True))
        table.create_unique_constraint(op.f(_UNIQUE), ["init_data_digest"])


def downgrade() -> None:
    with rebuild_tables(), op.batch_alter_table(_TABLE) as table:
        table.drop_constraint(op.f(_UNIQUE), type_="unique")
        table.drop_column("init_data_digest")
