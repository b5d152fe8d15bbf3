"""`osmodesk db`: create tables, reset, back up, restore, check and clean up."""

import asyncio
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from db import migrations
from db.database import Database
from db.tables import (
    Channel,
    ChannelKind,
    Client,
    Contact,
    Conversation,
    ConversationMetrics,
    Inbox,
    InboxState,
    LogIn,
    Outbox,
    OutboxKind,
    OutboxState,
    Queue,
    RefreshToken,
    Role,
    Session,
    SessionStatus,
    User,
    metadata,
)
from db.url import parse_database_url
from desk.accounts.encryption import Encryptor
from desk.retention import Retention
from scripts.upkeep.cleanup import clean_up, count_due
from tests.scripts.conftest import SECRETS, Command

NOW = datetime(2026, 3, 1, tzinfo=UTC)
Work = Callable[[Any], Any]


@pytest.fixture
def fresh(osmodesk: Command, environment: Callable[..., None], database_url: str) -> Command:
    """Return the command on an empty database, once on each engine."""
    environment(DATABASE_URL=database_url)
    return osmodesk


@pytest.fixture
def osmo(osmodesk: Command, environment: Callable[..., None], migrated_url: str) -> Command:
    """Return the command on a migrated database, once on each engine."""
    environment(DATABASE_URL=migrated_url)
    return osmodesk


def on(url: str, work: Work) -> Any:
    async def run() -> Any:
        database = Database(parse_database_url(url))
        try:
            async with database.transaction() as tx:
                return await work(tx)
        finally:
            await database.close()

    return asyncio.run(run())


def names(url: str) -> list[str]:
    async def work(tx: Any) -> list[str]:
        return list((await tx.execute(sa.select(Client.name).order_by(Client.name))).scalars())

    return on(url, work)


def add_client(url: str, name: str) -> None:
    async def work(tx: Any) -> None:
        tx.add(Client(name=name))

    on(url, work)


@pytest.mark.parametrize("command", ["migrate", "deploy", "push"])
def test_tables_are_made_and_stay(fresh: Command, database_url: str, command: str) -> None:
    assert fresh("db", command).code == 0
    add_client(database_url, "Ani")
    assert fresh("db", command).code == 0
    assert names(database_url) == ["Ani"]


def test_setup_migrates_and_seeds(fresh: Command) -> None:
    done = fresh("db", "setup")
    assert (done.code, done.err) == (0, "")
    assert "admin@helpdesk.com" in fresh("accounts", "list").out


def test_db_seed_is_seed(osmo: Command) -> None:
    done = osmo("db", "seed")
    assert (done.code, done.err) == (0, "")
    assert "cs1@helpdesk.com already exists" in osmo("seed").out


def test_generate_prints_a_type_for_each_table(osmodesk: Command) -> None:
    done = osmodesk("db", "generate")
    assert (done.code, done.err) == (0, "")
    for table in metadata.tables:
        assert f"\n  {table}: " in done.out
    contacts = done.out.partition("export type ContactsRow = {")[2].partition("}")[0]
    assert "  external_id: string;\n" in contacts
    sessions = done.out.partition("export type SessionsRow = {")[2].partition("}")[0]
    assert '  status: "ACTIVE" | "ENDED";\n' in sessions
    assert "  ended_at: string | null;\n" in sessions


@pytest.mark.parametrize("command", [("reset",), ("push", "--force-reset")])
def test_reset_asks_first(osmo: Command, migrated_url: str, command: tuple[str, ...]) -> None:
    add_client(migrated_url, "Ani")
    refused = osmo("db", *command, stdin="n\n")
    assert refused.code == 1
    assert names(migrated_url) == ["Ani"]
    assert osmo("db", *command, "--yes").code == 0
    assert names(migrated_url) == []


def test_reseal_encrypts_with_the_new_key(
    osmo: Command, environment: Callable[..., None], migrated_url: str
) -> None:
    old, new = "o" * 32, SECRETS["SECRET_KEY"]

    async def add_channel(tx: Any) -> None:
        sealed = Encryptor(old).encrypt({"token": "7:A"})
        tx.add(Channel(kind=ChannelKind.TELEGRAM, external_id="7", name="Bot", credentials=sealed))

    async def read_credentials(tx: Any) -> str:
        return str(await tx.scalar(sa.select(Channel.credentials)))

    on(migrated_url, add_channel)
    assert "SECRET_KEY is missing" in osmo("db", "reseal").err
    environment(SECRET_KEY=new)
    refused = osmo("db", "reseal")
    assert refused.code == 1
    assert "nothing was changed: 1 secrets cannot be decrypted" in refused.err
    environment(SECRET_KEY_OLD=old)
    done = osmo("db", "reseal")
    assert (done.code, done.err) == (0, "channels.credentials: 1 of 1\n")
    assert "channels.credentials: 1 re-encrypted\n" in done.out
    assert done.out.endswith("1 secrets are encrypted with SECRET_KEY\n")
    assert Encryptor(new).decrypt(on(migrated_url, read_credentials)) == {"token": "7:A"}


def test_a_backup_brings_everything_back(osmo: Command, migrated_url: str, tmp_path: Path) -> None:
    """Use difficult data: emoji, quotes, a generated column, bytes that look like SQL."""
    name = "Ani 😀 '; DROP TABLE `clients`; -- \\ \n"
    osmo("seed")
    add_client(migrated_url, name)
    before = names(migrated_url)
    file = tmp_path / "desk.backup"
    done = osmo("db", "backup", str(file))
    assert (done.code, done.err) == (0, "")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    add_client(migrated_url, "Budi")
    assert osmo("db", "restore", str(file), "--yes").code == 0
    assert names(migrated_url) == before
    assert osmo("db", "check").code == 0

    async def add_second_session(tx: Any) -> None:
        kept = (await tx.execute(sa.select(Session))).scalar_one()
        tx.add(Session(conversation_id=kept.conversation_id, client_id=kept.client_id))

    # The rule that a generated column enforces is restored too.
    with pytest.raises(sa.exc.IntegrityError):
        on(migrated_url, add_second_session)


def test_a_backup_overwrites_nothing(osmo: Command, tmp_path: Path) -> None:
    file = tmp_path / "desk.backup"
    file.write_text("dear")
    refused = osmo("db", "backup", str(file))
    assert refused.code == 1
    assert "already exists" in refused.err
    assert file.read_text() == "dear"


def test_a_backup_into_no_folder_is_told(osmo: Command, tmp_path: Path) -> None:
    refused = osmo("db", "backup", str(tmp_path / "none" / "desk.backup"))
    assert refused.code == 1
    assert "cannot be written: No such file or directory" in refused.err


@pytest.mark.parametrize("content", ["", "junk", "CREATE TABLE clients (id INT);\n"])
def test_what_is_no_whole_backup_changes_nothing(
    osmo: Command, migrated_url: str, tmp_path: Path, *, content: str
) -> None:
    add_client(migrated_url, "Ani")
    file = tmp_path / "half.backup"
    file.write_text(content)
    refused = osmo("db", "restore", str(file), "--yes")
    assert refused.code == 1
    assert len(refused.err.splitlines()) == 1
    assert names(migrated_url) == ["Ani"]


def test_restore_asks_first(osmo: Command, migrated_url: str, tmp_path: Path) -> None:
    file = tmp_path / "desk.backup"
    osmo("db", "backup", str(file))
    add_client(migrated_url, "Ani")
    assert osmo("db", "restore", str(file), stdin="\n").code == 1
    assert names(migrated_url) == ["Ani"]


def test_an_older_backup_says_to_migrate(
    osmodesk: Command, environment: Callable[..., None], migrated_url: str, tmp_path: Path
) -> None:
    async def back() -> None:
        database = Database(parse_database_url(migrated_url))
        await migrations.downgrade(database, "-1")
        await database.close()

    environment(DATABASE_URL=migrated_url)
    asyncio.run(back())
    osmodesk("db", "backup", str(tmp_path / "old.backup"))
    told = osmodesk("db", "restore", str(tmp_path / "old.backup"), "--yes")
    assert "run osmodesk db migrate" in told.out
    assert osmodesk("db", "check").code == 1
    assert osmodesk("db", "migrate").code == 0
    assert osmodesk("db", "check").code == 0


def test_check_finds_rows_that_refer_to_nothing(osmo: Command, migrated_url: str) -> None:
    assert osmo("db", "check").code == 0
    off = "PRAGMA foreign_keys=OFF" if "sqlite" in migrated_url else "SET foreign_key_checks = 0"

    async def orphan() -> None:
        database = Database(parse_database_url(migrated_url))
        async with database.engine.connect() as connection:
            raw = await connection.execution_options(isolation_level="AUTOCOMMIT")
            # SQLite ignores the pragma inside a transaction, and each connection begins one.
            await raw.rollback()
            driver = await raw.get_raw_connection()
            cursor = await driver.driver_connection.cursor()
            await cursor.execute(off)
            await cursor.execute(
                "INSERT INTO contacts (id, client_id, channel_id, external_id, created_at,"
                " updated_at) VALUES ('1', 'nobody', 'nowhere', '7', '2026-01-01', '2026-01-01')"
            )
            await cursor.close()
            await driver.driver_connection.commit()
        await database.close()

    asyncio.run(orphan())
    found = osmo("db", "check")
    assert found.code == 1
    assert "contacts.client_id (1)" in found.out
    assert "contacts.channel_id (1)" in found.out


def test_check_finds_wrong_figures_and_repairs_them(osmo: Command, migrated_url: str) -> None:
    osmo("seed")
    assert osmo("db", "check", "--metrics").code == 0

    async def spoil() -> None:
        database = Database(parse_database_url(migrated_url))
        async with database.transaction() as tx:
            await tx.execute(sa.update(ConversationMetrics).values(inbound_count=99))
        await database.close()

    asyncio.run(spoil())
    assert osmo("db", "check").code == 0
    found = osmo("db", "check", "--metrics")
    assert found.code == 1
    assert "inbound_count is 99, counted" in found.out
    assert "--repair" in found.out
    assert osmo("db", "check", "--repair").code == 0
    assert osmo("db", "check", "--metrics").code == 0


async def add_history(database: Database) -> None:
    """Add rows that are long finished, recent ones, and ones that wait for somebody."""
    old, young = NOW - timedelta(days=8), NOW - timedelta(days=6)
    async with database.transaction() as tx:
        channel = Channel(kind=ChannelKind.TELEGRAM, external_id="1", name="Bot")
        user = User(name="x", email="x@x.test", password_hash="!", role=Role.CS)
        tx.add_all([channel, user])
        await tx.flush()
        inbox = [(InboxState.DONE, old)] * 600 + [
            (InboxState.DONE, young),
            (InboxState.PARKED, old),
            (InboxState.PENDING, None),
        ]
        for number, (state, settled) in enumerate(inbox):
            row = Inbox(channel_id=channel.id, provider_id=str(number), lane="1", payload="{}")
            row.state, row.settled_at, row.received_at = state, settled, settled or NOW
            tx.add(row)
        outbox = [
            (OutboxState.DONE, old),
            (OutboxState.FAILED, old),
            (OutboxState.DONE, young),
            (OutboxState.UNCERTAIN, old),
            (OutboxState.PENDING, None),
        ]
        for state, settled in outbox:
            each = Outbox(channel_id=channel.id, lane="1", kind=OutboxKind.NOTICE)
            each.state, each.settled_at, each.created_at = state, settled, settled or NOW
            tx.add(each)
        log_in = LogIn(user_id=user.id, address="::1", user_agent="x", expires_at=young)
        tx.add(log_in)
        await tx.flush()
        for number, expiry in enumerate([old, young]):
            tx.add(RefreshToken(log_in_id=log_in.id, token_hash=str(number), expires_at=expiry))
        await tx.flush()
        for name, days, status in [
            ("silent", 91, SessionStatus.ENDED),
            ("open", 91, SessionStatus.ACTIVE),
            ("recent", 89, SessionStatus.ENDED),
        ]:
            await add_conversation(tx, channel, name, NOW - timedelta(days=days), status)


async def add_conversation(
    tx: Any, channel: Channel, name: str, last: datetime, status: SessionStatus
) -> None:
    client = Client(name=name)
    tx.add(client)
    await tx.flush()
    contact = Contact(client_id=client.id, channel_id=channel.id, external_id=name)
    tx.add(contact)
    await tx.flush()
    conversation = Conversation(
        contact_id=contact.id, channel_id=channel.id, last_message_at=last, created_at=last
    )
    tx.add(conversation)
    await tx.flush()
    tx.add(Session(conversation_id=conversation.id, client_id=client.id, status=status))
    await tx.flush()


async def test_cleanup_removes_what_is_settled_and_archives_what_is_silent(
    database: Database,
) -> None:
    await add_history(database)
    keep = Retention()
    due = await count_due(database, NOW, keep)
    done = await clean_up(database, NOW, keep)
    assert done == {
        "handled updates removed": 600,
        "settled deliveries removed": 2,
        "expired refresh tokens removed": 1,
        "expired log-ins removed": 0,
        "expired one-time links removed": 0,
        "expired link codes removed": 0,
        "expired idempotency keys removed": 0,
        "unmatched receipts removed": 0,
        "old events removed": 0,
        "settled webhook deliveries removed": 0,
        "old broadcasts removed": 0,
        "deleted webhooks removed": 0,
        "jobs that are done removed": 0,
        "failed jobs removed": 0,
        "old token budgets removed": 0,
        "old turns of AI agents removed": 0,
        "old answers of rules removed": 0,
        **{f"idle {queue} lanes removed": 0 for queue in Queue},
        "old logs of AI answers removed": 0,
        "silent conversations archived": 1,
    }
    assert due == {name: str(count) for name, count in done.items()}
    async with database.transaction() as tx:
        inbox = set((await tx.execute(sa.select(Inbox.state))).scalars())
        outbox = (await tx.execute(sa.select(Outbox.state))).scalars().all()
        archived = await tx.execute(
            sa.select(Client.name)
            .join(Contact, Contact.client_id == Client.id)
            .join(Conversation, Conversation.contact_id == Contact.id)
            .where(~Conversation.is_active)
        )
        assert archived.scalars().all() == ["silent"]
    assert inbox == {InboxState.DONE, InboxState.PARKED, InboxState.PENDING}
    assert sorted(outbox) == [OutboxState.DONE, OutboxState.PENDING, OutboxState.UNCERTAIN]
    assert set((await clean_up(database, NOW, keep)).values()) == {0}


def test_the_cleanup_command_tells_what_it_did(osmo: Command) -> None:
    done = osmo("db", "cleanup")
    assert (done.code, done.err) == (0, "")
    assert "0 handled updates removed" in done.out
    dry = osmo("db", "cleanup", "--dry-run")
    assert (dry.code, dry.err) == (0, "")
    assert "0 handled updates would be removed" in dry.out
    assert "0 silent conversations would be archived" in dry.out
