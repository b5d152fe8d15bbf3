"""Unique names of active agents; of those that are the same, the younger ones get a number.

Revision ID: 0011
Revises: 0010
"""

import unicodedata
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import count

import sqlalchemy as sa
from alembic import op

from db.types import Key, Ulid

revision: str = "0011"
down_revision: str | Sequence[str] | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_MAX_LENGTH = 120
_agents = sa.table(
    "agents",
    sa.column("id", Ulid),
    sa.column("user_id", Ulid),
    sa.column("name", sa.String(_MAX_LENGTH)),
    sa.column("is_active", sa.Boolean()),
    sa.column("name_key", Key),
)
_users = sa.table("users", sa.column("id", Ulid), sa.column("name", sa.String(_MAX_LENGTH)))


def upgrade() -> None:
    op.add_column("agents", sa.Column("name_key", Key, nullable=True))
    _number_doubles(op.get_bind())
    active = sa.Computed("CASE WHEN is_active = 1 THEN name_key END", persisted=False)
    op.add_column("agents", sa.Column("active_name_key", Key, active, nullable=True))
    op.create_index("ix_agents_active_name_key", "agents", ["active_name_key"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_agents_active_name_key", table_name="agents")
    op.drop_column("agents", "active_name_key")
    op.drop_column("agents", "name_key")


def _number_doubles(connection: sa.Connection) -> None:
    """Give each agent its key, and a number to active ones whose name an older one has."""
    found = connection.execute(sa.select(_agents).order_by(_agents.c.id)).all()
    # A number must not give an agent the name of another one.
    taken, named = {_make_key(row.name) for row in found}, set[str]()
    for row in found:
        name = row.name
        if row.is_active and _make_key(name) in named:
            name = next(each for each in _number(name) if _make_key(each) not in taken)
            user = sa.update(_users).where(_users.c.id == row.user_id)
            connection.execute(user.values(name=name))
        key = _make_key(name)
        taken.add(key)
        if row.is_active:
            named.add(key)
        agent = sa.update(_agents).where(_agents.c.id == row.id)
        connection.execute(agent.values(name=name, name_key=key))


def _make_key(name: str) -> str:
    plain = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    return sha256(plain.encode()).hexdigest()


def _number(name: str) -> Iterator[str]:
    for number in count(2):
        suffix = f" {number}"
        yield name[: _MAX_LENGTH - len(suffix)].rstrip() + suffix
