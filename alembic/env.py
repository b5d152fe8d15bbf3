"""Run migrations on the application's connection, or on a new one to DATABASE_URL."""

import os

from alembic import context
from sqlalchemy import Connection

from db.database import Database
from db.migrations import build_options, run_on_new_connection
from db.tables import metadata
from db.url import parse_database_url


def migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, **build_options())
    with context.begin_transaction():
        context.run_migrations()


connection = context.config.attributes.get("connection")
if connection is not None:
    migrate(connection)
else:
    address = os.environ.get("DATABASE_URL", "sqlite+aiosqlite:///osmodesk.db")
    # alembic's command line: `alembic downgrade …`
    command = getattr(context.config.cmd_opts, "cmd", None)
    removes_tables = command is not None and command[0].__name__ == "downgrade"
    run_on_new_connection(
        Database(parse_database_url(address)), migrate, removes_tables=removes_tables
    )
