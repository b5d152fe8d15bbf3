"""SECRET_KEY is changed without downtime: two keys are accepted, one is used, reseal ends it."""

from typing import Any

import pytest
from sqlalchemy import select

from db.database import Database
from db.queries.secrets import (
    EncryptedColumn,
    list_encrypted_columns,
    list_secrets,
    replace_secret,
)
from db.tables import metadata
from desk.accounts.encryption import Encryptor
from desk.webhooks.secrets import WebhookSecrets
from scripts.upkeep.errors import UpkeepError
from scripts.upkeep.reseal import count_by_key, reseal
from tests.api.stage import SECRET_KEY, ApiStage, Person, run_api
from tests.api.test_second_factor import code_of, log_in, with_factor

NEW_KEY = "n" * 40
OLD = (SECRET_KEY, None)
BOTH = (NEW_KEY, SECRET_KEY)
NEW = (NEW_KEY, None)
TOKEN = {"token": "7:" + "A" * 35}
# How each text of the encryption's library begins.
FERNET_SIGN = "gAAAA"


class StoppedError(Exception):
    """Stands for Ctrl-C."""


def ignore(_column: EncryptedColumn, _seen: int, _total: int) -> None:
    """Show no progress."""


async def add_webhook(ada: Person) -> tuple[str, str]:
    body = {"name": "Hook", "url": "https://hooks.example.com/"}
    made = (await ada.post("/webhooks", body)).body
    return made["id"], made["secret"]


async def read_webhook_secret(api: ApiStage, webhook: str, keys: tuple[str, str | None]) -> str:
    [row] = await api.rows("SELECT secret FROM webhooks WHERE id = :id", id=webhook)
    return WebhookSecrets(*keys).decrypt(row["secret"])


async def read_all(database: Database) -> dict[str, list[Any]]:
    """Read all values of the encrypted columns."""
    async with database.transaction() as tx:
        return {
            str(each): list(await tx.scalars(select(each.column).order_by(each.key)))
            for each in list_encrypted_columns()
        }


async def find_encrypted_texts(database: Database) -> set[str]:
    """Find each column, of all tables, in which something that we encrypted stands."""
    found = set()
    async with database.transaction() as tx:
        for table in metadata.sorted_tables:
            for row in (await tx.execute(select(table))).mappings():
                found |= {
                    f"{table}.{name}" for name, each in row.items() if FERNET_SIGN in str(each)
                }
    return found


async def test_a_new_secret_key_interrupts_nobody(migrated_url: str) -> None:
    async with run_api(migrated_url) as api:
        mia, totp, _ = await with_factor(api)
        webhook, secret = await add_webhook(await api.admin())
        await api.channel(credentials=Encryptor(SECRET_KEY).encrypt(TOKEN))
        # Every column with encrypted texts is one that reseal knows.
        columns = {str(each) for each in list_encrypted_columns()}
        assert await find_encrypted_texts(api.database) == columns

    async with run_api(migrated_url, secret_key=NEW_KEY, secret_key_old=SECRET_KEY) as api:
        database = api.database
        assert (await log_in(api, mia, code_of(totp, later=1))).status == 200
        assert await read_webhook_secret(api, webhook, BOTH) == secret
        other_webhook, other_secret = await add_webhook(await api.admin())
        assert await read_webhook_secret(api, other_webhook, NEW) == other_secret
        before = await count_by_key(database, BOTH)
        assert (before.current, before.old, before.unreadable) == (1, 3, [])

        # A wrong key, or the old one forgotten: nothing is changed.
        stored = await read_all(database)
        for keys in (("x" * 40, None), (NEW_KEY, "x" * 40), NEW):
            with pytest.raises(UpkeepError, match=r"nothing was changed: [34] secrets") as refused:
                await reseal(database, keys, ignore)
            assert f"webhooks.secret of {webhook}" in str(refused.value)
        assert await read_all(database) == stored

        seen: list[str] = []

        def interrupt(column: EncryptedColumn, _seen: int, _total: int) -> None:
            seen.append(str(column))
            raise StoppedError

        with pytest.raises(StoppedError):
            await reseal(database, BOTH, interrupt)
        halfway = await count_by_key(database, BOTH)
        assert halfway.current > 1
        assert halfway.old > 0
        assert halfway.unreadable == []

        # Under the running desk, whose requests go on.
        done = await reseal(database, BOTH, ignore)
        assert sum(done.changed.values()) == halfway.old
        assert done.changed[seen[0]] == 0
        assert (done.after.current, done.after.old, done.after.unreadable) == (4, 0, [])
        assert (await reseal(database, BOTH, ignore)).changed == dict.fromkeys(columns, 0)
        assert await read_webhook_secret(api, webhook, NEW) == secret

    async with run_api(migrated_url, secret_key=NEW_KEY) as api:
        # The codes that are valid now may be used up: a refused one is at least readable.
        assert (await log_in(api, mia, code_of(totp, later=1))).status == 401
        assert (await count_by_key(api.database, NEW)).current == 4


async def test_a_lost_key_can_be_left_behind(migrated_sqlite_url: str) -> None:
    async with run_api(migrated_sqlite_url) as api:
        await api.channel(credentials=Encryptor("lost" * 10).encrypt(TOKEN))
        kept = await api.channel(credentials=Encryptor(SECRET_KEY).encrypt(TOKEN))
        with pytest.raises(UpkeepError, match="1 secrets cannot be decrypted"):
            await reseal(api.database, BOTH, ignore)
        done = await reseal(api.database, BOTH, ignore, skip_unreadable=True)
        assert (done.after.current, done.after.old, len(done.after.unreadable)) == (1, 0, 1)
        [row] = await api.rows("SELECT credentials FROM channels WHERE id = :id", id=kept)
        assert Encryptor(NEW_KEY).decrypt(row["credentials"]) == TOKEN


async def test_what_a_desk_changes_meanwhile_is_not_overwritten(migrated_url: str) -> None:
    async with run_api(migrated_url) as api:
        channel = await api.channel(credentials=Encryptor(SECRET_KEY).encrypt(TOKEN))
        [column] = [each for each in list_encrypted_columns() if each.table.name == "channels"]
        async with api.database.transaction() as tx:
            [read] = await list_secrets(tx, column, "", 10)
        fresh = Encryptor(SECRET_KEY).encrypt({"token": "new"})
        await api.change(
            "UPDATE channels SET credentials = :new WHERE id = :id", new=fresh, id=channel
        )
        anew = Encryptor(*BOTH).reencrypt(read.encrypted)
        async with api.database.transaction() as tx:
            assert not await replace_secret(tx, column, read, anew)
        [row] = await api.rows("SELECT credentials FROM channels")
        assert row["credentials"] == fresh
        # It is counted as still to be done, and done by the next run.
        assert (await count_by_key(api.database, BOTH)).old == 1
