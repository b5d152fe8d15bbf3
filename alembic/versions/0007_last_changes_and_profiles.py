"""When a row was last changed; agents' level and profile; e-mail, avatars, icons.

Revision ID: 0007
Revises: 0006
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.migration_steps import rebuild_tables
from db.types import LongText, UtcDateTime, checked_string

revision: str = "0007"
down_revision: str | Sequence[str] | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_ADDRESS = sa.String(length=500)
_LEVEL = checked_string("agentlevel", "Basic", "Intermediate", "Advanced")
_NOT_NULL: dict[str, dict[str, tuple[sa.types.TypeEngine[object], str]]] = {
    # table: column: type, its value in rows that exist
    "users": {"updated_at": (UtcDateTime(), "created_at")},
    "agents": {
        "level": (_LEVEL, "'Basic'"),
        "is_active": (
            sa.Boolean(),
            "COALESCE((SELECT is_active FROM users WHERE users.id = agents.user_id), 1)",
        ),
        "updated_at": (UtcDateTime(), "created_at"),
    },
    "channels": {"updated_at": (UtcDateTime(), "created_at")},
    "clients": {"updated_at": (UtcDateTime(), "created_at")},
    "contacts": {"updated_at": (UtcDateTime(), "created_at")},
    "conversations": {"updated_at": (UtcDateTime(), "COALESCE(last_message_at, created_at)")},
    "whatsapp_sessions": {
        "created_at": (UtcDateTime(), "changed_at"),
        "updated_at": (UtcDateTime(), "changed_at"),
    },
    "whatsapp_message_templates": {"updated_at": (UtcDateTime(), "synced_at")},
}
_NULLABLE: dict[str, dict[str, sa.types.TypeEngine[object]]] = {
    "users": {"avatar_url": _ADDRESS},
    "agents": {"description": LongText, "avatar_url": _ADDRESS, "phone": sa.String(length=32)},
    "channels": {"icon_url": _ADDRESS},
    "clients": {"email": sa.String(length=190), "avatar_url": _ADDRESS},
}


def upgrade() -> None:
    with rebuild_tables():
        for table, columns in _NOT_NULL.items():
            with op.batch_alter_table(table) as batch:
                for name, kind in _NULLABLE.get(table, {}).items():
                    batch.add_column(sa.Column(name, kind, nullable=True))
                for name, (kind, _) in columns.items():
                    batch.add_column(sa.Column(name, kind, nullable=True))
            values = ", ".join(f"{name} = {value}" for name, (_, value) in columns.items())
            op.execute(f"UPDATE {table} SET {values}")  # noqa: S608 our own names
            with op.batch_alter_table(table) as batch:
                for name, (kind, _) in columns.items():
                    batch.alter_column(name, existing_type=kind, nullable=False)


def downgrade() -> None:
    with rebuild_tables():
        for table, columns in _NOT_NULL.items():
            with op.batch_alter_table(table) as batch:
                if table == "agents":
                    batch.drop_constraint(op.f("ck_agents_agentlevel"), type_="check")
                for name in [*_NULLABLE.get(table, {}), *columns]:
                    batch.drop_column(name)
