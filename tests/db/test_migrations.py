"""Migrations run up, down and up again on both engines, and create what the models define."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import op
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from db import migrations
from db.database import Database
from db.dialect import get_table
from db.ids import ChannelId
from db.migration_steps import rebuild_tables
from db.revision import find_newest_revision, is_current
from db.tables import (
    Channel,
    ChannelKind,
    Client,
    Contact,
    Conversation,
    Session,
    SessionStatus,
    metadata,
)
from db.url import parse_database_url

SCRIPTS = ScriptDirectory.from_config(migrations.build_config())
REVISIONS = [script.revision for script in reversed(list(SCRIPTS.walk_revisions()))]


@pytest.fixture
async def empty(database_url: str) -> AsyncIterator[Database]:
    database = Database(parse_database_url(database_url))
    yield database
    await database.close()


async def tables_of(database: Database) -> set[str]:
    async with database.engine.connect() as connection:
        names = await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names())
    return set(names) - {"alembic_version"}


def test_there_is_one_newest_migration() -> None:
    assert SCRIPTS.get_heads() == [find_newest_revision()]


async def test_every_migration_goes_up_down_and_up(empty: Database) -> None:
    assert not await is_current(empty)
    for revision in REVISIONS:
        before = await tables_of(empty)
        await migrations.upgrade(empty, revision)
        after = await tables_of(empty)
        await migrations.downgrade(empty, "-1")
        assert await tables_of(empty) == before
        await migrations.upgrade(empty, revision)
        assert await tables_of(empty) == after
    assert await is_current(empty)
    assert await tables_of(empty) == set(metadata.tables)
    await migrations.upgrade(empty)
    await migrations.downgrade(empty, "base")
    assert await tables_of(empty) == set()


async def test_views_stay_when_a_table_is_rebuilt(database: Database) -> None:
    def rebuild(connection: Connection) -> None:
        inspector = sa.inspect(connection)
        views = {name: inspector.get_view_definition(name) for name in inspector.get_view_names()}
        assert len(views) == 4
        with (
            Operations.context(MigrationContext.configure(connection)),
            rebuild_tables(),
            op.batch_alter_table("conversation_metrics") as batch,
        ):
            batch.add_column(sa.Column("added", sa.Integer(), nullable=True))
            batch.alter_column("rating", existing_type=sa.Integer(), nullable=True)
        inspector = sa.inspect(connection)
        kept = {name: inspector.get_view_definition(name) for name in inspector.get_view_names()}
        assert kept == views
        columns = inspector.get_columns("conversation_metrics")
        assert "added" in {each["name"] for each in columns}

    async with database.engine.begin() as connection:
        await connection.run_sync(rebuild)


async def test_models_equal_migrations(database: Database) -> None:
    def difference(connection: Connection) -> Any:
        context = MigrationContext.configure(connection, opts=migrations.build_options())
        return compare_metadata(context, metadata)

    async with database.engine.connect() as connection:
        assert await connection.run_sync(difference) == []


async def test_checks_equal_those_of_the_models(database: Database) -> None:
    """Alembic does not compare check constraints."""
    async with database.engine.connect() as connection:
        for table in metadata.sorted_tables:
            kept = await connection.run_sync(checks_in_database, table.name)
            assert kept == checks_of_model(table, connection.dialect), table.name


async def test_every_statement_that_changes_a_row_sets_its_last_change(
    database: Database, channel_id: ChannelId
) -> None:
    kept = {
        "users",
        "agents",
        "channels",
        "clients",
        "contacts",
        "conversations",
        "whatsapp_sessions",
        "whatsapp_message_templates",
    }
    assert kept <= {table.name for table in metadata.sorted_tables if "updated_at" in table.c}
    table = get_table(Channel)

    async def read_change() -> datetime:
        async with database.transaction() as tx:
            at = await tx.scalar(sa.select(table.c.updated_at))
        assert at is not None
        return at

    before = await read_change()
    async with database.transaction() as tx:
        await tx.execute(sa.update(table).where(table.c.id == channel_id).values(language="id"))
    by_statement = await read_change()
    async with database.transaction() as tx:
        row = await tx.get_one(Channel, channel_id)
        row.name = "Bot 2"
    assert before < by_statement < await read_change()


async def test_the_generated_column_is_generated(database: Database) -> None:
    async with database.engine.connect() as connection:
        columns = await connection.run_sync(
            lambda sync: sa.inspect(sync).get_columns(Session.__tablename__)
        )
    generated = {each["name"]: each["computed"] for each in columns if "computed" in each}
    assert set(generated) == {"active_conversation_id"}


async def test_the_database_refuses_a_second_active_session(database: Database) -> None:
    now = datetime(2026, 1, 5, tzinfo=UTC)
    async with database.transaction() as tx:
        channel = Channel(kind=ChannelKind.TELEGRAM, external_id="1", name="Bot")
        client = Client(name="John")
        tx.add_all([channel, client])
        await tx.flush()
        contact = Contact(client_id=client.id, channel_id=channel.id, external_id="7")
        tx.add(contact)
        await tx.flush()
        conversation = Conversation(contact_id=contact.id, channel_id=channel.id)
        tx.add(conversation)

    def session(status: SessionStatus) -> Session:
        ended = now if status == SessionStatus.ENDED else None
        return Session(
            conversation_id=conversation.id, client_id=client.id, status=status, ended_at=ended
        )

    async with database.transaction() as tx:
        tx.add_all([session(SessionStatus.ENDED), session(SessionStatus.ENDED)])
        tx.add(session(SessionStatus.ACTIVE))
    with pytest.raises(IntegrityError):
        async with database.transaction() as tx:
            tx.add(session(SessionStatus.ACTIVE))
    with pytest.raises(IntegrityError):
        async with database.transaction() as tx:
            await tx.execute(sa.update(Session).values(status=SessionStatus.ACTIVE))


async def test_a_value_that_no_enum_has_is_refused(database: Database) -> None:
    statement = sa.text(
        "INSERT INTO users (id, name, email, password_hash, role, is_active, token_version,"
        " has_seeded_password, created_at, updated_at)"
        " VALUES ('1', 'x', 'x', 'x', 'ROOT', 1, 0, 0, '2026-01-01', '2026-01-01')"
    )
    with pytest.raises(sa.exc.DBAPIError, match=r"(?i)constraint"):
        async with database.transaction() as tx:
            await tx.execute(statement)


def checks_in_database(connection: Connection, table: str) -> dict[str, str]:
    found = sa.inspect(connection).get_check_constraints(table)
    # MariaDB adds its own check to each JSON column.
    return {
        str(each["name"]): plain(each["sqltext"])
        for each in found
        if "json_valid" not in each["sqltext"]
    }


def checks_of_model(table: sa.Table, dialect: sa.Dialect) -> dict[str, str]:
    def text(check: sa.CheckConstraint) -> str:
        compiled = check.sqltext.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
        return plain(str(compiled)).replace(f"{table.name}.", "")

    return {
        str(dialect.identifier_preparer.format_constraint(check)): text(check)
        for check in table.constraints
        if isinstance(check, sa.CheckConstraint)
    }


def plain(sql: str) -> str:
    bare = re.sub(r"[`()\s\"]", "", sql).lower()
    # MariaDB writes a list of one value as a comparison.
    return re.sub(r"^([\w.]+?)in('[^']*')$", r"\1=\2", bare)
