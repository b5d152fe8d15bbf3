"""Writes the demonstration data, and skips what exists."""

from collections.abc import Callable

from db.database import Database
from db.queries.accounts.accounts import find_user_by_email
from db.tables.base import now_utc
from desk.accounts.accounts import create_account
from scripts.seeding.chat_platform import seed_chat_platform
from scripts.seeding.conversation import seed_clients, seed_session
from scripts.seeding.samples import SAMPLE_ACCOUNTS, SampleAccount


def _say_nothing(text: str) -> None:
    _ = text


async def seed_all(database: Database, say: Callable[[str], None] = _say_nothing) -> None:
    """Add the missing demonstration data, and say a line about each thing to the operator.

    A password is hashed while no transaction is open: hashing takes time, in which others wait and
    MariaDB may end an idle transaction.
    """
    for account in SAMPLE_ACCOUNTS:
        made = await _seed_account(database, account)
        say(f"{account.email} / {account.password}" if made else f"{account.email} already exists")
    now = now_utc()
    async with database.transaction() as tx:
        clients = await seed_clients(tx, now)
        session = await seed_session(tx, now)
        chats = await seed_chat_platform(tx, now)
    say(f"{clients} sample clients added" if clients else "sample clients already exist")
    say("sample session opened" if session else "sample session already exists")
    say(
        "WhatsApp channels, AI agents, people and contacts of the chat platform added, offline"
        if chats
        else "sample data of the chat platform already exists"
    )


async def _seed_account(database: Database, sample: SampleAccount) -> bool:
    async with database.transaction() as tx:
        if await find_user_by_email(tx, sample.email) is not None:
            return False
    async with database.transaction() as tx:
        await create_account(
            tx,
            name=sample.name,
            email=sample.email,
            password=sample.password,
            role=sample.role,
            seeded=True,
        )
    return True
