"""What migrations need on SQLite, which changes most parts of a table by building it anew."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import op
from sqlalchemy import text


@contextmanager
def rebuild_tables() -> Iterator[None]:
    """Drop the views while tables are rebuilt, and create them again afterwards as they were.

    Every migration that uses `batch_alter_table` needs it: SQLite renames no table while a view
    refers to one that is missing. On MySQL and MariaDB views stay, because tables are not rebuilt.
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
