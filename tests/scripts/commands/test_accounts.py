"""`osmodesk accounts`: create accounts, set passwords, link Telegram accounts."""

import asyncio
import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from db.database import Database
from db.tables import Channel, ChannelKind, RecoveryCode, SecondFactor, User
from db.tables.base import now_utc
from db.url import parse_database_url
from desk.accounts.binding import redeem_link_code
from desk.accounts.passwords import verify_password_sync
from tests.scripts.conftest import Command

GOOD = "correct horse battery"
BETTER = "another horse battery"


@pytest.fixture
def osmo(osmodesk: Command, environment: Callable[..., None], migrated_url: str) -> Command:
    """Return the command on a migrated database, once on each engine."""
    environment(DATABASE_URL=migrated_url)
    return osmodesk


def on(url: str, work: Callable[..., object]) -> object:
    async def run() -> object:
        database = Database(parse_database_url(url))
        try:
            async with database.transaction() as tx:
                return await work(tx)  # type: ignore[misc]
        finally:
            await database.close()

    return asyncio.run(run())


def password_is(url: str, password: str) -> bool:
    async def work(tx: object) -> bool:
        user = (await tx.execute(sa.select(User))).scalar_one()  # type: ignore[attr-defined]
        return verify_password_sync(password, user.password_hash)

    return bool(on(url, work))


def test_an_account_is_added_listed_and_given_another_password(
    osmo: Command, migrated_url: str
) -> None:
    added = osmo("accounts", "add", "Ani@desk.test", "--name", "Ani", stdin=f"{GOOD}\n")
    assert (added.code, added.err) == (0, "")
    assert GOOD not in added.out
    assert password_is(migrated_url, GOOD)
    assert "ani@desk.test" in osmo("accounts", "list").out
    assert osmo("accounts", "passwd", "ani@desk.test", "--password", BETTER).code == 0
    assert password_is(migrated_url, BETTER)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("add", "ani@desk.test", "--password", "short"), "shorter than 12"),
        (("add", "ani", "--password", GOOD), "name@example.com"),
        (("add", "ani@desk.test", "--password", "é" * 40), "72 bytes"),
        (("add", "ani@desk.test", "--password", "password1234"), "too common"),
        (("passwd", "budi@desk.test", "--password", GOOD), "no account budi@desk.test"),
        (("link", "budi@desk.test"), "no account budi@desk.test"),
        (("drop-second-factor", "budi@desk.test"), "no account budi@desk.test"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    osmo: Command, arguments: tuple[str, ...], told: str
) -> None:
    refused = osmo("accounts", *arguments)
    assert refused.code == 1
    assert told in refused.err
    assert len(refused.err.splitlines()) == 1


def test_no_accounts_yet_says_how_to_make_one(osmo: Command) -> None:
    assert "osmodesk accounts add" in osmo("accounts", "list").out


def test_a_link_code_binds_and_comes_with_a_deep_link(osmo: Command, migrated_url: str) -> None:
    async def add_channel(tx: object) -> None:
        channel = Channel(kind=ChannelKind.TELEGRAM, external_id="1", name="Bot")
        channel.settings = {"username": "osmo_bot"}
        tx.add(channel)  # type: ignore[attr-defined]

    osmo("accounts", "add", "ani@desk.test", "--password", GOOD)
    assert "t.me" not in osmo("accounts", "link", "ani@desk.test").out
    on(migrated_url, add_channel)
    told = osmo("accounts", "link", "ani@desk.test").out
    [code] = set(re.findall(r"(?:/link |link_)(\S+)", told))
    assert f"https://t.me/osmo_bot?start=link_{code}" in told

    async def redeem(tx: object) -> object:
        return await redeem_link_code(
            tx,  # type: ignore[arg-type]
            code,
            telegram_id="7",
            telegram_name="Ani",
            now=now_utc(),
        )

    assert on(migrated_url, redeem) is not None


def test_a_lost_second_factor_is_dropped(osmo: Command, migrated_url: str) -> None:
    osmo("accounts", "add", "ani@desk.test", "--password", GOOD)

    async def add_factor(tx: object) -> None:
        user = (await tx.execute(sa.select(User))).scalar_one()  # type: ignore[attr-defined]
        factor = SecondFactor(user_id=user.id, secret="sealed", confirmed_at=now_utc())
        tx.add(factor)  # type: ignore[attr-defined]
        tx.add(RecoveryCode(user_id=user.id, code_hash="h"))  # type: ignore[attr-defined]

    async def left(tx: object) -> object:
        factor = (await tx.execute(sa.select(SecondFactor))).scalar_one()  # type: ignore[attr-defined]
        codes = (await tx.execute(sa.select(RecoveryCode))).all()  # type: ignore[attr-defined]
        return factor.secret, factor.confirmed_at, codes

    on(migrated_url, add_factor)
    assert osmo("accounts", "drop-second-factor", "Ani@desk.test").code == 0
    assert on(migrated_url, left) == (None, None, [])


def test_on_sqlite_the_first_account_makes_the_file(osmodesk: Command) -> None:
    assert osmodesk("accounts", "add", "ani@desk.test", "--password", GOOD).code == 0
    assert "ani@desk.test" in osmodesk("accounts", "list").out
