"""A process with another SECRET_KEY than the others does not take their channels from them."""

from functools import partial
from pathlib import Path

import pytest

from db.database import Database
from db.queries.channels import channels
from db.url import parse_database_url
from desk.accounts.encryption import Encryptor
from desk.cluster.web_lease import WebLease
from scripts.application.channels_of_settings import save_own_channels
from scripts.configuration.settings import Settings, SettingsError


async def test_a_wrong_key_beside_others_is_refused_and_alone_replaces_what_is_lost(
    migrated_url: str,
) -> None:
    settings = Settings(_env_file=Path("none.env"), telegram_bot_token=f"7:{'a' * 35}")
    right, wrong = Encryptor("r" * 32), Encryptor("w" * 32)
    right_save, wrong_save = (
        partial(save_own_channels, settings=settings, encryptor=each) for each in (right, wrong)
    )
    database = Database(parse_database_url(migrated_url))

    async def read() -> str:
        [channel] = await database.run(channels.list_all)
        return channel.credentials or ""

    try:
        itself, other = WebLease(database), WebLease(database)
        await itself.join()
        await database.run(right_save)
        await other.join()
        await database.run(right_save)
        with pytest.raises(SettingsError, match="SECRET_KEY is not that of the other processes"):
            await database.run(wrong_save)
        assert right.decrypt(await read())
        # After a change of the key, both keys are set.
        both = Encryptor("w" * 32, "r" * 32)
        await database.run(partial(save_own_channels, settings=settings, encryptor=both))
        await other.leave()
        await database.run(right_save)
        assert right.decrypt(await read())
        await database.run(wrong_save)
        assert wrong.decrypt(await read())
    finally:
        await database.close()
