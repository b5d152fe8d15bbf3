"""`osmodesk accounts`: the accounts of agents and administrators."""

# ruff: noqa: PLC0415 each command imports what it runs when it runs: --help is quick

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from scripts.commands.words import say, to_operator

if TYPE_CHECKING:
    from db.database import Database
    from db.queries.accounts.accounts import AccountRow

app = typer.Typer(help="Accounts of agents and administrators.", no_args_is_help=True)

Email = Annotated[str, typer.Argument(help="The account's e-mail address.")]
Password = Annotated[
    str | None,
    typer.Option(help="The password. Other users of this machine can see it: better leave it out."),
]


class RoleName(StrEnum):
    CS = "cs"
    ADMIN = "admin"


@app.command()
def add(
    email: Email,
    name: Annotated[str | None, typer.Option(help="Shown to colleagues and customers.")] = None,
    role: Annotated[RoleName, typer.Option(help="What the account may do.")] = RoleName.CS,
    password: Password = None,
) -> None:
    """Create an account. The password is asked for without echo, or read from standard input."""
    from db.tables import Role
    from desk.accounts.accounts import create_account
    from scripts.application.database_work import run_on_database

    chosen = _read_password(password)

    async def work(database: "Database") -> str:
        async with database.transaction() as tx:
            account = await create_account(
                tx,
                name=name or email.partition("@")[0],
                email=email,
                password=chosen,
                role=Role(role.upper()),
            )
            return account.email

    added = run_on_database(work, migrate_sqlite=True)
    say(f"{added} can log in. To answer from Telegram: osmodesk accounts link {added}")


@app.command()
def passwd(email: Email, password: Password = None) -> None:
    """Change a password, and log the account out everywhere."""
    from desk.accounts.accounts import set_password
    from scripts.application.database_work import run_on_database

    chosen = _read_password(password)

    async def work(database: "Database") -> None:
        async with database.transaction() as tx:
            await set_password(tx, email, chosen)

    run_on_database(work)
    say(f"{email} has a new password and is logged out everywhere.")


@app.command("drop-second-factor")
def drop_second_factor(email: Email) -> None:
    """Switch off an account's second factor and delete its recovery codes."""
    from db.tables.base import now_utc
    from desk.accounts.accounts import get_user_by_email
    from desk.accounts.second_factor import disable_second_factor
    from desk.actors import CONSOLE
    from scripts.application.database_work import run_on_database

    async def work(database: "Database") -> None:
        async with database.transaction() as tx:
            user = await get_user_by_email(tx, email)
            await disable_second_factor(tx, user.id, by=CONSOLE, now=now_utc())

    run_on_database(work)
    say(f"{email} can log in with the password only.")


@app.command()
def link(email: Email) -> None:
    """Create a one-time code that links a Telegram account to this account within 10 minutes."""
    from db.queries.channels.telegram import find_bot_username
    from db.tables.base import now_utc
    from desk.accounts.accounts import get_user_by_email
    from desk.accounts.binding import issue_link_code
    from scripts.application.database_work import run_on_database

    async def work(database: "Database") -> tuple[str, str | None]:
        async with database.transaction() as tx:
            user = await get_user_by_email(tx, email)
            code = await issue_link_code(tx, user.id, now=now_utc())
            return code, await find_bot_username(tx)

    code, bot = run_on_database(work)
    say(f"Code for {email}, valid once and for 10 minutes: {code}")
    say(f"Send this to the bot in a private chat: /link {code}")
    if bot:
        say(f"Or open: https://t.me/{bot}?start=link_{code}")


@app.command()
def capacity(
    email: Email,
    sessions: Annotated[
        int, typer.Argument(min=0, max=1000, help="The most sessions at once that are assigned.")
    ],
) -> None:
    """Set how many sessions at once an agent is assigned."""
    from desk.accounts.accounts import get_user_by_email, list_accounts
    from desk.actors import CONSOLE
    from desk.conversations.agents import set_capacity
    from desk.unit_of_work import UnitOfWork
    from scripts.administration.desk_access import DeskAccess, run_on_desk
    from scripts.upkeep.errors import UpkeepError

    async def work(uow: UnitOfWork) -> None:
        user = await get_user_by_email(uow.tx, email)
        rows = await list_accounts(uow.tx)
        agent_id = next(row.agent_id for row in rows if row.user_id == user.id)
        if agent_id is None:
            raise UpkeepError(f"{email} has no agent, so nothing is assigned to it")
        await set_capacity(uow, agent_id, sessions, by=CONSOLE)

    async def run(desk: DeskAccess) -> None:
        await desk.transactions.run(work)

    run_on_desk(run)
    say(f"{email} is assigned at most {sessions} sessions at once.")


@app.command("list")
def list_() -> None:
    """List all accounts."""
    from desk.accounts.accounts import list_accounts
    from scripts.application.database_work import run_on_database
    from scripts.commands.tables import print_table

    async def work(database: "Database") -> "list[AccountRow]":
        async with database.transaction() as tx:
            return await list_accounts(tx)

    rows = run_on_database(work)
    if rows:
        print_table([_to_row(each) for each in rows])
    else:
        say("No accounts yet: osmodesk accounts add EMAIL --role admin")


def _to_row(row: "AccountRow") -> dict[str, str]:
    notes = [] if row.is_active else [to_operator("disabled")]
    notes += [to_operator("published password")] if row.has_seeded_password else []
    sessions = f"{row.active_sessions or 0} / {row.capacity}"
    return {
        "E-mail": row.email,
        "Name": row.name,
        "Role": row.role.value,
        "Telegram": str(row.telegram_id or "-"),
        "Status": row.status.value if row.status else "-",
        "Sessions": "-" if row.capacity is None else sessions,
        "": ", ".join(notes),
    }


def _read_password(given: str | None) -> str:
    if given is not None:
        return given
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    asked: str = typer.prompt(to_operator("Password"), hide_input=True, confirmation_prompt=True)
    return asked
