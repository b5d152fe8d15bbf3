"""`osmodesk db`: create, migrate, check, back up and clean the database."""

# ruff: noqa: PLC0415 each command imports what it runs when it runs: --help is quick

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scripts.commands.database_copy import copy
from scripts.commands.words import find_language, refuse, say, to_operator

if TYPE_CHECKING:
    from db.database import Database

app = typer.Typer(help="The database: tables, backup, cleanup.", no_args_is_help=True)

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")]
app.command()(copy)
UP_TO_DATE = "the database is at the newest migration"


@app.command()
def setup() -> None:
    """Create the tables and add demonstration data: migrate, then seed."""
    from scripts.commands.seed import seed

    migrate()
    seed()


@app.command()
def migrate() -> None:
    """Migrate the tables to this version; do nothing where they are up to date."""
    from scripts.application.database_work import migrate_unused, run_on_database

    run_on_database(migrate_unused)
    say(UP_TO_DATE)


@app.command()
def push(
    force_reset: Annotated[
        bool, typer.Option("--force-reset", help="Delete everything first, as `db reset` does.")
    ] = False,
    yes: Yes = False,
) -> None:
    """Bring the tables to this version, as `db migrate`: the schema changes by migrations only."""
    if force_reset:
        reset(yes)
    else:
        migrate()


@app.command("seed")
def seed_() -> None:
    """Add demonstration accounts, clients and one open session: the same as `osmodesk seed`."""
    from scripts.commands.seed import seed

    seed()


@app.command()
def generate() -> None:
    """Print TypeScript types of the tables, for programs that read the database."""
    from scripts.upkeep.typescript import generate_types

    typer.echo(generate_types(), nl=False)


@app.command()
def deploy() -> None:
    """Migrate during a release, without questions; fail if the database is not up to date then."""
    from db.revision import is_current
    from scripts.application.database_work import migrate_unused, run_on_database
    from scripts.upkeep.errors import UpkeepError

    async def work(database: "Database") -> None:
        await migrate_unused(database)
        if not await is_current(database):
            raise UpkeepError("the database is not at the newest migration")

    run_on_database(work)
    say(UP_TO_DATE)


@app.command()
def reset(yes: Yes = False) -> None:
    """Delete everything and create empty tables. Refused while a desk is running."""
    from db import migrations
    from db.exclusive_use import keep_desks_away
    from scripts.application.database_work import run_on_database

    async def work(database: "Database") -> None:
        async with keep_desks_away(database):
            await migrations.downgrade(database, "base")
            await migrations.upgrade(database)

    _confirm("This deletes everything in {address}. Continue?", yes=yes)
    run_on_database(work)
    say("the database is empty; osmodesk seed adds demonstration data")


@app.command()
def check(
    metrics: Annotated[
        bool, typer.Option("--metrics", help="Also count the figures of every session again.")
    ] = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="With --metrics: correct the figures that are wrong.")
    ] = False,
) -> None:
    """Check connection, version, migrations, character set, and every reference between rows."""
    from functools import partial

    from desk.setup.findings import Severity
    from desk.setup.findings_translation import translate_result
    from scripts.application.database_work import run_on_database
    from scripts.doctor.database import check_database, check_integrity, is_new
    from scripts.doctor.metrics import check_metrics

    checks = [check_database, check_integrity]
    if metrics or repair:
        checks.append(partial(check_metrics, repair=repair))

    async def work(database: "Database") -> Severity:
        worst = Severity.OK
        for run_check in checks:
            async for finding in run_check(database):
                typer.echo(str(translate_result(finding, find_language())))
                worst = max(worst, finding.severity)
            if worst is Severity.ERROR or is_new(database):  # which the next check would create
                break
        return worst

    if run_on_database(work) is Severity.ERROR:
        raise typer.Exit(1)


@app.command()
def studio(
    port: Annotated[int, typer.Option(help="The port on this machine.", min=1, max=65535)] = 5555,
    write: Annotated[
        bool, typer.Option("--write", help="Let rows be changed; without it they are only shown.")
    ] = False,
) -> None:
    """Show the tables in a browser on this machine only, and look for rows in them."""
    from aiohttp import web

    from db.database import Database
    from scripts.configuration.settings import load_settings
    from scripts.upkeep.studio import build_studio

    app_ = build_studio(Database(load_settings().database_url), is_writable=write)
    web.run_app(app_, host="127.0.0.1", port=port, access_log=None)


@app.command()
def backup(
    file: Annotated[
        Path,
        typer.Argument(
            help="A file that does not exist yet, or a folder: the file is named by the time."
        ),
    ],
    keep: Annotated[
        int | None,
        typer.Option(min=1, help="In a folder: keep this many backups, delete older ones."),
    ] = None,
    media: Annotated[
        bool, typer.Option("--media", help="In a folder: copy new uploads of MEDIA_DIR too.")
    ] = False,
) -> None:
    """Write a backup of everything to a file, while the desk goes on working."""
    from functools import partial

    from db.tables.base import now_utc
    from scripts.commands.progress import ProgressLines
    from scripts.configuration.settings import load_settings
    from scripts.upkeep.backup import backup as write
    from scripts.upkeep.backup_folder import backup_into, copy_uploads

    settings, show_size = load_settings(), ProgressLines("written").show_size
    if file.is_dir():
        folder, address = file, settings.database_url
        file = backup_into(address, folder, now=now_utc(), keep=keep, on_growth=show_size)
        if media:
            show = partial(ProgressLines("copied").show, "uploads")
            say(f"{copy_uploads(settings.media_dir, folder, show)} uploads copied")
    elif media or keep is not None:
        raise refuse(f"{file} is not a folder: --keep and --media need one")
    else:
        write(settings.database_url, file, show_size)
    say(f"{file}: {file.stat().st_size} bytes. Keep SECRET_KEY too, in another place.")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `db backup` wrote.")],
    yes: Yes = False,
    media: Annotated[
        bool,
        typer.Option("--media", help="Copy the uploads beside the file to MEDIA_DIR too."),
    ] = False,
) -> None:
    """Replace everything in the database with a backup. Refused while a desk is running."""
    from functools import partial

    from db.exclusive_use import keep_desks_away
    from scripts.application.database_work import run_on_database
    from scripts.commands.progress import ProgressLines
    from scripts.configuration.settings import load_settings
    from scripts.upkeep.backup import check, restore_whole
    from scripts.upkeep.backup_folder import restore_uploads

    settings = load_settings()
    lines = ProgressLines("restored")

    async def work(database: "Database") -> bool:
        async with keep_desks_away(database):
            check(database.address, file)
            if media:
                # First: if the disk is too small for them, the database is as it was.
                show_files = partial(lines.show, "uploads")
                count = restore_uploads(file.parent, settings.media_dir, show_files)
                say(f"{count} uploads copied")
            return await restore_whole(database, file, partial(lines.show, file.name))

    _confirm("This replaces everything in {address}. Continue?", yes=yes)
    say(
        "restored"
        if run_on_database(work)
        else "restored; the backup is older than this version: run osmodesk db migrate"
    )


@app.command()
def cleanup(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only count what would be removed and archived.")
    ] = False,
) -> None:
    """Delete old finished work and archive silent conversations, as a worker does by itself."""
    from db.tables.base import now_utc
    from scripts.application.database_work import run_on_database
    from scripts.configuration.settings import load_settings
    from scripts.upkeep.cleanup import clean_up, count_due

    retention = load_settings().retention
    if dry_run:
        due = run_on_database(lambda database: count_due(database, now_utc(), retention))
        for what, text in due.items():
            name, _, done_to = what.rpartition(" ")
            say(f"{text} {name} would be {done_to}")
        return
    done = run_on_database(lambda database: clean_up(database, now_utc(), retention))
    for what, count in done.items():
        say(f"{count} {what}")


@app.command()
def reseal(
    skip_unreadable: Annotated[
        bool,
        typer.Option("--skip-unreadable", help="Leave secrets whose key is lost as they are."),
    ] = False,
) -> None:
    """Encrypt every stored secret with SECRET_KEY, after it was changed; the desk may run."""
    import asyncio

    from db.queries.secrets import EncryptedColumn
    from scripts.application.database_work import run_with_settings
    from scripts.configuration.settings import load_settings
    from scripts.upkeep.errors import UpkeepError
    from scripts.upkeep.reseal import ResealResult
    from scripts.upkeep.reseal import reseal as encrypt_anew

    settings = load_settings(required=("SECRET_KEY",))

    def show(column: EncryptedColumn, seen: int, total: int) -> None:
        say(f"{column}: {seen} of {total}", is_aside=True)

    async def work(database: "Database") -> ResealResult:
        return await encrypt_anew(
            database, settings.secret_keys, show, skip_unreadable=skip_unreadable
        )

    done = asyncio.run(run_with_settings(settings, work))
    for name, count in done.changed.items():
        say(f"{name}: {count} re-encrypted")
    if done.after.old:
        raise UpkeepError(
            f"{done.after.old} were written with the old key meanwhile: restart every process with "
            "the new SECRET_KEY, then do this again"
        )
    left = len(done.after.unreadable)
    say(f"{done.after.current} secrets are encrypted with SECRET_KEY")
    if left:
        say(f"{left} cannot be decrypted and were left as they are")


def _confirm(question: str, *, yes: bool) -> None:
    from scripts.configuration.settings import load_settings

    address = load_settings().database_url
    if not yes:
        typer.confirm(to_operator(question.format(address=address)), abort=True)
