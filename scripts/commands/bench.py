"""`osmodesk bench`: how fast it is, beside the floor, in one run."""

# ruff: noqa: PLC0415 each command imports what it runs when it runs: --help is quick

from enum import StrEnum
from typing import Annotated

import typer

app = typer.Typer(help="Measure speed, cost and memory; all on this machine, against the sandbox.")


class Engines(StrEnum):
    BOTH = "both"
    SQLITE = "sqlite"
    MARIADB = "mariadb"


@app.callback(invoke_without_command=True)
def run_all(context: typer.Context) -> None:
    """Run every benchmark with its defaults."""
    if context.invoked_subcommand is None:
        relay()
        api()
        events()
        webhooks()


@app.command()
def relay(
    messages: Annotated[int, typer.Option(help="So many messages in each direction.")] = 6000,
    customers: Annotated[int, typer.Option(help="From so many customers.")] = 50,
    existing: Annotated[int, typer.Option(help="So many messages are there before.")] = 0,
    database: Annotated[Engines, typer.Option(help="What is kept where.")] = Engines.BOTH,
) -> None:
    """Relay customers' messages to the staff group, and answers the other way."""
    from scripts.bench.session import measure_messages

    engines = ("sqlite", "mariadb") if database is Engines.BOTH else (database.value,)
    for engine in engines:
        measure_messages(
            engine, messages=messages, customers=customers, existing=existing, say=typer.echo
        )


@app.command()
def api(
    existing: Annotated[int, typer.Option(help="So many messages, 20 to a session.")] = 1_000_000,
) -> None:
    """Read lists and histories by the API at 100 requests a second, on MariaDB."""
    from scripts.bench.session import measure_api

    measure_api(existing, typer.echo)


@app.command()
def events(
    streams: Annotated[int, typer.Option(help="So many event streams are open.", max=3000)] = 1000,
    messages: Annotated[int, typer.Option(help="So many messages are told to all.")] = 100,
    database: Annotated[Engines, typer.Option(help="What is kept where.")] = Engines.SQLITE,
) -> None:
    """Hold event streams open: the memory they take, and how soon each is told."""
    from scripts.bench.session import measure_events

    engines = ("sqlite", "mariadb") if database is Engines.BOTH else (database.value,)
    for engine in engines:
        measure_events(engine, streams=streams, events=messages, say=typer.echo)


@app.command()
def webhooks(
    rate: Annotated[int, typer.Option(help="So many a second.", max=1000)] = 200,
    seconds: Annotated[int, typer.Option(help="For so long.", max=60)] = 10,
    database: Annotated[Engines, typer.Option(help="What is kept where.")] = Engines.MARIADB,
) -> None:
    """Post signed WhatsApp webhooks: how soon each is kept and answered."""
    from scripts.bench.session import measure_webhooks

    engines = ("sqlite", "mariadb") if database is Engines.BOTH else (database.value,)
    for engine in engines:
        measure_webhooks(engine, rate=rate, seconds=seconds, say=typer.echo)
