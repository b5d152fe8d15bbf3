"""`osmodesk db copy`: move a desk from its SQLite file to MySQL / MariaDB."""

# ruff: noqa: PLC0415 each command imports what it runs when it runs: --help is quick

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from scripts.commands.words import say, to_operator

if TYPE_CHECKING:
    from db.database import Database
    from db.url import DatabaseUrl
    from scripts.upkeep.copying.verification import TableCheck

_INTERRUPTED = 130
# What errors of the new database name instead of DATABASE_URL.
_ADDRESS = "the address of the new database"
_QUESTION = "Address of the new database (not shown)"
_CONTINUE = (
    "The copy is not finished. The SQLite file is unchanged, and what was copied is kept: "
    "run the same command again, and it continues"
)


def copy(
    to: Annotated[
        str | None,
        typer.Option(
            envvar="NEW_DATABASE_URL",
            help="The new database, empty: mysql://user:pass@host:3306/db. Without it you are "
            "asked, because other users of this machine can see a command line.",
        ),
    ] = None,
    restart: Annotated[
        bool,
        typer.Option("--restart", help="Delete what an interrupted copy wrote, and start again."),
    ] = False,
) -> None:
    """Copy everything from the SQLite file to an empty MySQL / MariaDB database, and verify it."""
    from db.sqlite_guard import DatabaseInUseError
    from scripts.configuration.settings import load_settings
    from scripts.upkeep.copying.preconditions import check_source_address, parse_target
    from scripts.upkeep.errors import UpkeepError

    source = load_settings().database_url
    check_source_address(source)
    line = _ask_address() if to is None else to.strip()
    target = parse_target(line)
    try:
        verified = _run(source, target, restart=restart)
    except (UpkeepError, DatabaseInUseError):
        raise
    except KeyboardInterrupt:
        say(f"osmodesk: interrupted. {_CONTINUE}", is_aside=True)
        raise typer.Exit(_INTERRUPTED) from None
    except Exception as error:
        from scripts.monitoring.error_messages import explain

        raise UpkeepError(f"{explain(error, address=_ADDRESS)}. {_CONTINUE}") from error
    for each in verified:
        if each.checksum.rows:
            say(f"{each.table}: {each.checksum.rows} rows, checksum {each.checksum}")
    rows = sum(each.checksum.rows for each in verified)
    say(f"{len(verified)} tables and {rows} rows are equal in both databases")
    say("Put this line into .env in place of the old one, then start the desk:")
    typer.echo(f"\nDATABASE_URL={line}\n")
    say(
        f"Keep {source.url.database} as a backup. Do not start a desk on it again: it would send "
        "what waits there a second time."
    )


def _ask_address() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    asked: str = typer.prompt(to_operator(_QUESTION), hide_input=True)
    return asked.strip()


def _run(source: "DatabaseUrl", target: "DatabaseUrl", *, restart: bool) -> "list[TableCheck]":
    import asyncio

    from db.database import Database
    from scripts.commands.progress import ProgressLines
    from scripts.upkeep.copying.copy import Copier

    async def work() -> "list[TableCheck]":
        old, new = Database(source), Database(target)
        try:
            await _connect(new)
            copier = Copier(old, new, ProgressLines("copied").show, ProgressLines("verified").show)
            return await copier.copy(restart=restart)
        finally:
            await old.close()
            await new.close()

    return asyncio.run(work())


async def _connect(database: "Database") -> None:
    """Raise UpkeepError if the new database cannot be used."""
    from scripts.monitoring.error_messages import explain
    from scripts.upkeep.errors import UpkeepError

    try:
        async with database.engine.connect():
            pass
    except Exception as error:
        cause = explain(error, address=_ADDRESS)
        raise UpkeepError(f"{cause}. Nothing was changed") from error
