"""`osmodesk db reseal`: encrypts every stored secret with the present SECRET_KEY.

Each batch is a transaction of its own, and a secret that is encrypted with the present key already
is left as it is. So an interrupted run does no harm, and the next one continues. A secret that a
running desk writes at the same time is not overwritten.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from db.database import Database, Transaction
from db.queries.secrets import (
    EncryptedColumn,
    StoredSecret,
    count_secrets,
    list_encrypted_columns,
    list_secrets,
    replace_secret,
)
from desk.accounts.encryption import Encryptor, WrongKeyError
from scripts.upkeep.errors import UpkeepError

_BATCH_SIZE = 100
_MAX_SHOWN = 5
_REMEDY = (
    "set SECRET_KEY_OLD to the key that encrypted them, or enter them again; "
    "--skip-unreadable leaves them as they are"
)
# The column, how many of its secrets were looked at, and how many it has.
OnProgress = Callable[[EncryptedColumn, int, int], None]


@dataclass(slots=True)
class SecretCounts:
    """How many secrets are encrypted with which key."""

    current: int = 0
    old: int = 0
    # The places of those that were encrypted with a key that is not set.
    unreadable: list[str] = field(default_factory=list)

    def describe_unreadable(self) -> str:
        """Return where the unreadable secrets are; of many, the first ones."""
        shown = ", ".join(self.unreadable[:_MAX_SHOWN])
        left = len(self.unreadable) - _MAX_SHOWN
        return f"{shown} and {left} more" if left > 0 else shown


@dataclass(frozen=True, slots=True)
class ResealResult:
    """How many secrets of each column were re-encrypted, and all secrets afterwards."""

    changed: dict[str, int]
    after: SecretCounts


async def count_by_key(database: Database, secret_keys: tuple[str, str | None]) -> SecretCounts:
    """Count the stored secrets by the key that encrypted them."""
    counts = SecretCounts()
    for column in list_encrypted_columns():
        encryptor = Encryptor(*secret_keys, kind=column.kind)
        async for batch in _read_batches(database, column):
            for stored in batch:
                _count(counts, column, stored, encryptor)
    return counts


async def reseal(
    database: Database,
    secret_keys: tuple[str, str | None],
    on_progress: OnProgress,
    *,
    skip_unreadable: bool = False,
) -> ResealResult:
    """Encrypt every secret with the present key.

    Raises UpkeepError, before anything is changed, if a secret cannot be decrypted with either key.
    """
    before = await count_by_key(database, secret_keys)
    if before.unreadable and not skip_unreadable:
        raise UpkeepError(
            f"nothing was changed: {len(before.unreadable)} secrets cannot be decrypted with "
            f"SECRET_KEY or SECRET_KEY_OLD ({before.describe_unreadable()}): {_REMEDY}"
        )
    changed = {}
    for column in list_encrypted_columns():
        changed[str(column)] = await _reseal_column(
            database, column, Encryptor(*secret_keys, kind=column.kind), on_progress
        )
    # The log of SQLite still has the former values.
    await database.truncate_log()
    return ResealResult(changed, await count_by_key(database, secret_keys))


async def _reseal_column(
    database: Database, column: EncryptedColumn, encryptor: Encryptor, on_progress: OnProgress
) -> int:
    total = await database.run(lambda tx: count_secrets(tx, column))
    seen = changed = 0
    async for batch in _read_batches(database, column):
        changed += await _reseal_batch(database, column, batch, encryptor)
        seen += len(batch)
        on_progress(column, seen, max(seen, total))
    return changed


async def _reseal_batch(
    database: Database, column: EncryptedColumn, batch: list[StoredSecret], encryptor: Encryptor
) -> int:
    wanted = []
    for stored in batch:
        try:
            encrypted = encryptor.reencrypt(stored.encrypted)
        except WrongKeyError:
            continue
        if encrypted != stored.encrypted:
            wanted.append((stored, encrypted))

    async def write(tx: Transaction) -> int:
        return sum([await replace_secret(tx, column, each, new) for each, new in wanted])

    return await database.run(write) if wanted else 0


async def _read_batches(
    database: Database, column: EncryptedColumn
) -> AsyncIterator[list[StoredSecret]]:
    after = ""
    while True:

        async def read(tx: Transaction, after: str = after) -> list[StoredSecret]:
            return await list_secrets(tx, column, after, _BATCH_SIZE)

        batch = await database.run(read)
        if not batch:
            return
        yield batch
        after = batch[-1].key


def _count(
    counts: SecretCounts, column: EncryptedColumn, stored: StoredSecret, encryptor: Encryptor
) -> None:
    try:
        is_current = encryptor.reencrypt(stored.encrypted) == stored.encrypted
    except WrongKeyError:
        counts.unreadable.append(f"{column} of {stored.key}")
        return
    if is_current:
        counts.current += 1
    else:
        counts.old += 1
