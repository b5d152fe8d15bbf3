"""Bots set the menu button that opens the console.

Revision ID: 0006
Revises: 0005
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.migration_steps import rebuild_tables

revision: str = "0006"
down_revision: str | Sequence[str] | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_KINDS_BEFORE = (
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
)


def upgrade() -> None:
    _change_kinds((*_KINDS_BEFORE, "menu_button"))


def downgrade() -> None:
    op.execute("DELETE FROM outbox WHERE kind = 'menu_button'")
    _change_kinds(_KINDS_BEFORE)


def _change_kinds(kinds: Sequence[str]) -> None:
    name = op.f("ck_outbox_outboxkind")
    with rebuild_tables(), op.batch_alter_table("outbox") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, sa.column("kind").in_(kinds))
