"""`osmodesk bench`: how fast OsmoDesk is, beside a baseline in the same run."""

# ruff: noqa: PLC0415 each command imports what it runs when it runs: --help is quick

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from scripts.commands.words import refuse, say


class StaffMode(StrEnum):
    GROUP = "group"
    PERSONAL = "personal"


app = typer.Typer(help="Measure speed, CPU and memory on this machine, with the sandbox.")


class Engines(StrEnum):
    BOTH = "both"
    SQLITE = "sqlite"
    MARIADB = "mariadb"


@app.callback(invoke_without_command=True)
def run_all(context: typer.Context) -> None:
    """Run every benchmark with its defaults."""
    if context.invoked_subcommand is None:
        start()
        relay()
        workers()
        bots()
        api()
        reports()
        events()
        webhooks()
        slow_bodies()
        ai()
        agents()


@app.command()
def start(
    times: Annotated[int, typer.Option(help="Number of warm starts.", min=1, max=20)] = 5,
) -> None:
    """Measure how soon `osmodesk run` is ready on SQLite, and its memory when idle."""
    from scripts.bench.start import report_starts

    report_starts(times, typer.echo)


@app.command()
def relay(
    messages: Annotated[int, typer.Option(help="Messages in each direction.")] = 6000,
    customers: Annotated[int, typer.Option(help="Number of customers.")] = 50,
    existing: Annotated[int, typer.Option(help="Messages already in the database.")] = 0,
    database: Annotated[Engines, typer.Option(help="Database engine.")] = Engines.BOTH,
) -> None:
    """Measure how fast messages travel from customers to the staff group, and answers back."""
    from scripts.bench.session import measure_messages

    engines = ("sqlite", "mariadb") if database is Engines.BOTH else (database.value,)
    for engine in engines:
        measure_messages(
            engine, messages=messages, customers=customers, existing=existing, say=typer.echo
        )


@app.command()
def workers(
    messages: Annotated[int, typer.Option(help="Messages in each direction.")] = 3000,
    customers: Annotated[int, typer.Option(help="Number of customers.")] = 50,
    most: Annotated[int, typer.Option(help="Up to so many workers.", min=1, max=8)] = 3,
    rounds: Annotated[int, typer.Option(help="Rounds, in turns.", min=1, max=20)] = 3,
) -> None:
    """Measure several workers beside one, on MariaDB and Redis."""
    from scripts.bench.session import measure_workers
    from scripts.bench.workers import Load

    measure_workers(most, rounds, Load(messages, customers), typer.echo)


@app.command()
def bots(
    most: Annotated[int, typer.Option(help="Number of bots.", min=2, max=500)] = 50,
) -> None:
    """Measure what each bot costs an idle desk on SQLite: memory and processor time."""
    from scripts.bench.session import measure_idle_bots

    measure_idle_bots(most, typer.echo)


@app.command()
def api(
    existing: Annotated[
        int, typer.Option(help="Messages in the database, 20 in each session.")
    ] = 1_000_000,
) -> None:
    """Measure API lists and histories at 100 requests a second, on MariaDB."""
    from scripts.bench.session import measure_api

    measure_api(existing, typer.echo)


@app.command()
def reports(
    sessions: Annotated[
        int, typer.Option(help="Sessions in the database, 20 messages in each.", min=100)
    ] = 50_000,
) -> None:
    """Measure each report over a year, over a tenth of the sessions and then all, on MariaDB."""
    from scripts.bench.session import measure_reports

    measure_reports(sessions, typer.echo)


@app.command()
def events(
    streams: Annotated[int, typer.Option(help="Number of open event streams.", max=3000)] = 1000,
    messages: Annotated[int, typer.Option(help="Messages sent to all streams.")] = 100,
    database: Annotated[Engines, typer.Option(help="Database engine.")] = Engines.SQLITE,
) -> None:
    """Measure open event streams: the memory they take, and how soon each gets an event."""
    from scripts.bench.session import measure_events

    engines = ("sqlite", "mariadb") if database is Engines.BOTH else (database.value,)
    for engine in engines:
        measure_events(engine, streams=streams, events=messages, say=typer.echo)


@app.command()
def webhooks(
    rate: Annotated[int, typer.Option(help="Webhooks per second.", max=1000)] = 200,
    seconds: Annotated[int, typer.Option(help="Duration in seconds.", max=60)] = 10,
    database: Annotated[Engines, typer.Option(help="Database engine.")] = Engines.MARIADB,
) -> None:
    """Measure how soon a signed WhatsApp webhook is stored and answered."""
    from scripts.bench.session import measure_webhooks

    engines = ("sqlite", "mariadb") if database is Engines.BOTH else (database.value,)
    for engine in engines:
        measure_webhooks(engine, rate=rate, seconds=seconds, say=typer.echo)


@app.command("slow-bodies")
def slow_bodies(
    connections: Annotated[int, typer.Option(help="Number of connections.", max=200)] = 60,
    database: Annotated[Engines, typer.Option(help="Database engine.")] = Engines.SQLITE,
) -> None:
    """Measure the memory that unfinished bodies take at a webhook; ends within a minute."""
    from scripts.bench.session import measure_slow_bodies

    engines = ("sqlite", "mariadb") if database is Engines.BOTH else (database.value,)
    for engine in engines:
        measure_slow_bodies(engine, connections=connections, say=typer.echo)


@app.command()
def rush(
    customers: Annotated[int, typer.Option(help="New customers.", min=1, max=1000)] = 30,
    messages: Annotated[int, typer.Option(help="Messages of each.", min=1, max=50)] = 3,
    agents: Annotated[int, typer.Option(help="Number of agents.", min=1, max=100)] = 5,
    groups: Annotated[int, typer.Option(help="Number of staff groups.", min=1, max=20)] = 1,
    mode: Annotated[StaffMode, typer.Option(help="Where agents answer.")] = StaffMode.GROUP,
    capacity: Annotated[int, typer.Option(help="Sessions of an agent.", min=1, max=100)] = 20,
    database: Annotated[Engines, typer.Option(help="Database engine.")] = Engines.SQLITE,
) -> None:
    """Measure how soon staff sees new customers who all write at once, with Telegram's limits."""
    from db import tables
    from scripts.bench.rush.scenario import Rush
    from scripts.bench.session import measure_rush

    engines = ("sqlite", "mariadb") if database is Engines.BOTH else (database.value,)
    for engine in engines:
        people = Rush(customers, messages, agents, groups, tables.StaffMode(mode.value))
        measure_rush(engine, people, capacity=capacity, say=typer.echo)


@app.command()
def ai(
    sessions: Annotated[int, typer.Option(help="Sessions that think at once.", max=500)] = 200,
    answers: Annotated[int, typer.Option(help="Answers in each session.", max=50)] = 5,
    seconds: Annotated[float, typer.Option(help="The model's own time.", max=20)] = 4.0,
) -> None:
    """Measure what an AI agent's answer costs beside the model's own time."""
    from scripts.bench.ai.scenario import report_answers

    report_answers(sessions, answers, seconds, typer.echo)


@app.command()
def agents(
    sessions: Annotated[int, typer.Option(help="Sessions that think at once.", max=500)] = 200,
    answers: Annotated[int, typer.Option(help="Answers in each session.", max=50)] = 3,
    seconds: Annotated[float, typer.Option(help="The model's own time.", max=60)] = 10.0,
    database: Annotated[Engines, typer.Option(help="Database engine.")] = Engines.SQLITE,
) -> None:
    """Measure AI agents in a whole desk: beside the model, and what humans notice of them."""
    from scripts.bench.session import measure_agents

    engines = ("sqlite", "mariadb") if database is Engines.BOTH else (database.value,)
    size = {"sessions": sessions, "answers": answers}
    for engine in engines:
        measure_agents(engine, seconds=seconds, say=typer.echo, **size)


@app.command()
def answers(
    articles: Annotated[Path | None, typer.Option(help="Articles, as JSON Lines.")] = None,
    questions: Annotated[Path | None, typer.Option(help="Questions, as JSON Lines.")] = None,
) -> None:
    """Measure how well questions are answered from articles without a model."""
    from scripts.bench.answers.report import report_files, report_shipped
    from scripts.bench.answers.sets import SetError

    if (articles is None) != (questions is None):
        raise refuse("give both --articles and --questions, or neither")
    try:
        if articles is None or questions is None:
            report_shipped(typer.echo)
        else:
            report_files(articles, questions, typer.echo)
    except SetError as error:
        say(str(error), is_aside=True)
        raise typer.Exit(1) from None


@app.command()
def console() -> None:
    """Measure the console in Chromium beside its budgets; needs the development environment."""
    try:
        from scripts.bench.console.report import report_console
    except ImportError:
        say("This needs what the tests need: run `make install-dev` first.", is_aside=True)
        raise typer.Exit(1) from None
    from scripts.private_servers.programs import ProgramMissingError

    try:
        report_console(typer.echo)
    except ProgramMissingError as error:
        say(str(error), is_aside=True)
        raise typer.Exit(1) from None
