"""Steps of migrations: rebuild tables, create and drop views."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import op
from sqlalchemy import text


@contextmanager
def rebuild_tables() -> Iterator[None]:
    """Drop the views while tables are rebuilt, and create them again afterwards as they were.

    SQLite rebuilds a table for most changes (`batch_alter_table`). It cannot rename a table while a
    view refers to a missing one. On MySQL and MariaDB views stay, because tables
    are not rebuilt.
    """
    connection = op.get_bind()
    views: list[tuple[str, str]] = []
    if connection.dialect.name == "sqlite":
        found = text("SELECT name, sql FROM sqlite_master WHERE type = 'view' ORDER BY name")
        views = [(row.name, row.sql) for row in connection.execute(found)]
    for name, _ in views:
        connection.exec_driver_sql(f"DROP VIEW {name}")
    yield
    for _, definition in views:
        connection.exec_driver_sql(definition)


def create_view(name: str, query: str) -> None:
    """Create a view; on MySQL and MariaDB each reader needs their own rights to its tables.

    A migration that changes a view drops it and creates it again.
    """
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    rights = "" if is_sqlite else "SQL SECURITY INVOKER "
    op.get_bind().exec_driver_sql(f"CREATE {rights}VIEW {name} AS {query.strip()}")


def drop_view(name: str) -> None:
    """Drop a view."""
    op.get_bind().exec_driver_sql(f"DROP VIEW {name}")
