"""`osmodesk report`: the figures of a period, in the terminal or in a file."""

# ruff: noqa: PLC0415 each command imports what it runs when it runs: --help is quick

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from db.queries.reports.groups import Group
from desk.reports.names import NamedPeriod, ReportName
from scripts.commands.words import find_language, refuse, say

if TYPE_CHECKING:
    from db.database import Database, Transaction
    from desk.reports.tables import Cell, ReportTable
    from desk.texts.catalogue import Catalogue

# The columns whose cells are words of ours, not names or comments.
LABELS = frozenset({"figure", "weekday", "what"})


class ReportFormat(StrEnum):
    """How a report is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PNG = "png"


def report(
    name: Annotated[ReportName, typer.Argument(help="Which report.")] = ReportName.COMPARISON,
    period: Annotated[
        NamedPeriod | None, typer.Option(help="A period by its name, instead of days.")
    ] = None,
    first_day: Annotated[
        datetime | None, typer.Option(help="The first day.", formats=["%Y-%m-%d"])
    ] = None,
    last_day: Annotated[
        datetime | None,
        typer.Option(help="The last day, included; today by default.", formats=["%Y-%m-%d"]),
    ] = None,
    by: Annotated[
        Group, typer.Option(help="One row for each; for workload and the times only.")
    ] = Group.ALL,
    channel: Annotated[str | None, typer.Option(help="Only this channel: its name or id.")] = None,
    agent: Annotated[str | None, typer.Option(help="Only this agent: the name or id.")] = None,
    tag: Annotated[str | None, typer.Option(help="Only sessions with this tag.")] = None,
    write: Annotated[
        ReportFormat, typer.Option("--format", help="How to write it.")
    ] = ReportFormat.TABLE,
    out: Annotated[Path | None, typer.Option(help="The file to write; needed for png.")] = None,
) -> None:
    """Show the figures of sessions that were opened on some days, 30 days by default."""
    import asyncio

    from db.tables.base import now_utc
    from desk.reports.periods import InvalidPeriodError, choose_period
    from desk.reports.reports import REPORTS, Question
    from scripts.application.database_work import run_with_settings
    from scripts.configuration.settings import load_settings

    if write is ReportFormat.PNG and out is None:
        raise refuse("a picture needs a file: --out FILE")
    settings = load_settings()
    days = first_day and first_day.date(), last_day and last_day.date()
    try:
        covered = choose_period(now_utc(), settings.timezone, *days, name=period)
    except InvalidPeriodError as error:
        raise refuse(str(error)) from None

    async def work(database: "Database") -> "ReportTable":
        async with database.transaction() as tx:
            chosen = [
                await _find_id(tx, group, given)
                for group, given in (
                    (Group.CHANNEL, channel),
                    (Group.AGENT, agent),
                    (Group.TAG, tag),
                )
            ]
            return await REPORTS[name](tx, Question(covered, by, *chosen))

    table = asyncio.run(run_with_settings(settings, work))
    made = asyncio.run(_write(table, write))
    if out is not None:
        out.write_bytes(made)
        say(f"{out}: {len(made)} bytes")
    else:
        typer.echo(made.decode(), nl=False)


async def _find_id(tx: "Transaction", group: Group, given: str | None) -> Any:
    """Return the id that is meant by an id or a name; raise BadParameter if there is none."""
    from db.queries.reports.names import list_names

    if given is None:
        return None
    known = await list_names(tx, group)
    found = [each for each, name in known.items() if given.casefold() == name.casefold()]
    if given in known or len(found) == 1:
        return given if given in known else found[0]
    if found:
        raise refuse(f"--{group.value} {given}: {len(found)} have this name, so give the id")
    raise refuse(f"--{group.value} {given}: there is none of this name")


async def _write(table: "ReportTable", how: ReportFormat) -> bytes:
    from desk.reports.drawing import Artist
    from desk.reports.pictures import describe_picture
    from desk.reports.tables import to_csv, to_json

    match how:
        case ReportFormat.PNG:
            return await Artist().draw(describe_picture(table))
        case ReportFormat.CSV:
            return to_csv(table).encode()
        case ReportFormat.JSON:
            return to_json(table).encode()
    return _to_text(table).encode()


def _to_text(table: "ReportTable") -> str:
    """Draw a table for a person, in the operator's language; CSV and JSON are for programs."""
    from io import StringIO

    from rich.console import Console
    from rich.table import Table

    words = _load_words()
    title = f"{to_words(table.name)}, {table.period.first} to {table.period.last}"
    shown = Table(title=words.translate(title))
    for column in table.columns:
        shown.add_column(words.translate(to_words(column)))
    for row in table.rows:
        cells = zip(table.columns, row, strict=True)
        shown.add_row(*(_to_cell(column, value, words) for column, value in cells))
    out = StringIO()
    Console(file=out, width=200, markup=False).print(shown)
    return out.getvalue()


def to_words(name: str) -> str:
    """Return the name of a report, a column or a figure as words."""
    return name.replace("_", " ")


def _to_cell(column: str, value: "Cell", words: "Catalogue") -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.2f}"
    return words.translate(to_words(str(value))) if column in LABELS else str(value)


def _load_words() -> "Catalogue":
    from desk.texts.catalogue import Catalogue, read_texts

    file = Path(__file__).with_name(f"report_{find_language()}.toml")
    return Catalogue(read_texts(file) if file.is_file() else {})
