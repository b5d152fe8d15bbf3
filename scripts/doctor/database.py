"""Checks of the database: connection, version, migrations, character set, integrity, accounts."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.copying.progress import is_unfinished
from db.database import Database
from db.orphans import find_orphans
from db.queries.accounts import accounts as queries
from db.queues import jobs
from db.revision import is_current
from db.tables import JobState
from db.tables.base import now_utc
from desk.setup.findings import CheckResult, report_error, report_ok, report_warning
from scripts.monitoring.error_messages import explain

_DATABASE = "database"
_MARIADB = (10, 6)
_MYSQL = (8, 0)
_OVERDUE = timedelta(minutes=5)
_JOBS_SHOWN = 3


async def check_database(database: Database) -> AsyncIterator[CheckResult]:
    """Check connection, version, migrations and character set; stop where the rest is pointless."""
    if is_new(database):
        remedy = "osmodesk run or osmodesk db migrate creates it"
        yield report_warning(
            _DATABASE, f"there is no file {database.address.url.database} yet", remedy
        )
        return
    try:
        async with database.engine.connect() as connection:
            yield await _check_version(connection, database)
        current = await is_current(database)
    except Exception as error:  # the driver's error, of whatever class, is the result
        yield report_error(
            _DATABASE, f"{database.address}: {explain(error)}", "correct this, then try again"
        )
        return
    if not current:
        yield report_error(
            _DATABASE,
            "its tables are missing or older than this version",
            _suggest_migration(database),
        )
        return
    yield report_ok(_DATABASE, "migrations are up to date")
    if not database.is_sqlite:
        if await is_unfinished(database):
            yield report_error(
                _DATABASE,
                "a copy or restore into it was not finished: rows are missing",
                "run the same osmodesk db copy or db restore again",
            )
        async with database.engine.connect() as connection:
            yield await _check_character_set(connection)
            yield await _check_storage_engine(connection)


async def check_integrity(database: Database) -> AsyncIterator[CheckResult]:
    """Check the whole database for rows that refer to nothing, and an SQLite file for damage."""
    async with database.engine.connect() as connection:
        if database.is_sqlite:
            answer = (await connection.execute(text("PRAGMA quick_check"))).scalar()
            yield _check_file(str(answer))
        orphans = [each async for each in find_orphans(connection)]
    if orphans:
        remedy = "restore a backup, or repair these rows by hand"
        yield report_error(
            _DATABASE, f"rows refer to rows that do not exist: {', '.join(orphans)}", remedy
        )
    else:
        yield report_ok(_DATABASE, "every reference leads to an existing row")


async def _check_version(connection: AsyncConnection, database: Database) -> CheckResult:
    where = str(database.address)
    if database.is_sqlite:
        return report_ok(_DATABASE, f"{where} can be opened")
    answer = str((await connection.execute(text("SELECT VERSION()"))).scalar())
    name, least = ("MariaDB", _MARIADB) if "maria" in answer.lower() else ("MySQL", _MYSQL)
    numbers = tuple(int(each) for each in re.findall(r"\d+", answer)[:2])
    shown = f"{name} {'.'.join(map(str, numbers))}"
    if numbers < least:
        needed = ".".join(map(str, least))
        return report_error(_DATABASE, f"{shown} is too old", f"{name} {needed} or newer is needed")
    return report_ok(_DATABASE, f"{where} answers, {shown}")


def is_new(database: Database) -> bool:
    """Check whether there is no SQLite file yet; to open it would create it."""
    file = database.address.sqlite_file
    return file is not None and not file.exists()


def _suggest_migration(database: Database) -> str:
    return (
        "run: osmodesk db migrate (osmodesk run does it too)"
        if database.is_sqlite
        else "run: osmodesk db deploy"
    )


async def _check_character_set(connection: AsyncConnection) -> CheckResult:
    statement = text(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
        " AND table_name <> 'alembic_version' AND table_collation NOT LIKE 'utf8mb4%'"
    )
    narrow = list((await connection.execute(statement)).scalars())
    if narrow:
        remedy = "ALTER TABLE name CONVERT TO CHARACTER SET utf8mb4"
        return report_error(
            _DATABASE, f"not utf8mb4, so emoji are lost: {', '.join(narrow)}", remedy
        )
    return report_ok(_DATABASE, "every table is utf8mb4")


async def _check_storage_engine(connection: AsyncConnection) -> CheckResult:
    statement = text(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
        " AND engine <> 'InnoDB'"
    )
    others = list((await connection.execute(statement)).scalars())
    if others:
        remedy = "ALTER TABLE name ENGINE=InnoDB"
        return report_error(_DATABASE, f"tables without transactions: {', '.join(others)}", remedy)
    return report_ok(_DATABASE, "every table is InnoDB")


def _check_file(answer: str) -> CheckResult:
    if answer == "ok":
        return report_ok(_DATABASE, "the file is not damaged")
    return report_error(
        _DATABASE, f"the file is damaged: {answer.splitlines()[0]}", "restore a backup"
    )


async def check_accounts(database: Database, *, is_open: bool, by_code: bool) -> list[CheckResult]:
    """Check that there are agents who can answer, and that no published password is in use."""
    async with database.transaction() as tx:
        count = await queries.count_accounts(tx)
        seeded = await queries.list_emails_with_seeded_password(tx)
        bound = await queries.list_bound_agents(tx)
    findings = []
    if not count:
        remedy = "osmodesk accounts add EMAIL --role admin"
        findings.append(report_warning("accounts", "there are none", remedy))
    if seeded:
        report = report_error if is_open else report_warning
        text_ = f"published passwords are in use: {', '.join(seeded)}"
        findings.append(report("accounts", text_, "osmodesk accounts passwd EMAIL"))
    if by_code and not bound:
        remedy = "osmodesk accounts link EMAIL, or STAFF_ENROLMENT=members"
        findings.append(report_warning("agents", "no agent can answer from Telegram yet", remedy))
    return findings or [
        report_ok("accounts", f"{count} in all, {len(bound)} can answer from Telegram")
    ]


async def check_jobs(database: Database) -> list[CheckResult]:
    """Check that jobs are run, and that none was given up."""
    async with database.transaction() as tx:
        due = min((await jobs.read_next_due(tx)).values(), default=None)
        counts = await jobs.count_jobs(tx)
        shown = await jobs.list_failed(tx, _JOBS_SHOWN)
    findings = []
    if due is not None and due < now_utc() - _OVERDUE:
        remedy = "start osmodesk run or osmodesk worker"
        findings.append(
            report_warning("jobs", f"nobody has run them since {due:%F %R} UTC", remedy)
        )
    if failed := sum(each.rows for each in counts if each.state is JobState.FAILED):
        why = "; ".join(f"{job.kind} {job.id}: {job.error}" for job in shown)
        remedy = "correct the cause, then ask for it again: that starts the job again"
        findings.append(report_warning("jobs", f"{failed} given up: {why}", remedy))
    waiting = sum(each.rows for each in counts if each.state is not JobState.FAILED)
    return findings or [report_ok("jobs", f"waiting or running: {waiting}, given up: none")]
