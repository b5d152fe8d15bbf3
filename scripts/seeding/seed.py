"""Writes the demonstration data, and skips what exists."""

from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.queries.accounts.accounts import find_user_by_email
from db.tables.base import now_utc
from desk.accounts.accounts import create_account
from scripts.seeding.conversation import seed_clients, seed_session
from scripts.seeding.samples import SAMPLE_ACCOUNTS, SampleAccount


async def seed_all(database: Database) -> list[str]:
    """Add the missing demonstration data, and return a line about each thing for the operator.

    Each account has its own transaction: hashing takes time, and nobody should wait for it.
    """
    lines = []
    for account in SAMPLE_ACCOUNTS:
        async with database.transaction() as tx:
            made = await _seed_account(tx, account)
        lines.append(
            f"{account.email} / {account.password}" if made else f"{account.email} already exists"
        )
    now = now_utc()
    async with database.transaction() as tx:
        clients = await seed_clients(tx, now)
        session = await seed_session(tx, now)
    lines.append(f"{clients} sample clients added" if clients else "sample clients already exist")
    lines.append("sample session opened" if session else "sample session already exists")
    return lines


async def _seed_account(tx: AsyncSession, sample: SampleAccount) -> bool:
    if await find_user_by_email(tx, sample.email) is not None:
        return False
    await create_account(
        tx,
        name=sample.name,
        email=sample.email,
        password=sample.password,
        role=sample.role,
        seeded=True,
    )
    return True
