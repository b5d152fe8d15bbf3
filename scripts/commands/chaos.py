"""`osmodesk chaos`: the test of delivery under faults."""

# ruff: noqa: PLC0415 each command imports what it runs when it runs: --help is quick

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from scripts.commands.words import say


class Engines(StrEnum):
    BOTH = "both"
    SQLITE = "sqlite"
    MARIADB = "mariadb"


class Part(StrEnum):
    ALL = "all"
    VOLUME = "volume"
    LIMITS = "limits"
    ANSWERS = "answers"
    DESKS = "desks"


def chaos(
    seed: Annotated[
        int | None, typer.Option(help="Seed of the random faults; by default a random one.")
    ] = None,
    seeds: Annotated[int, typer.Option(help="Number of seeds, counted up from the first.")] = 1,
    seconds: Annotated[float, typer.Option(help="Duration of each run, in seconds.")] = 40,
    database: Annotated[Engines, typer.Option(help="Database engine.")] = Engines.BOTH,
    part: Annotated[
        Part,
        typer.Option(
            help="volume: all faults, rate limits off; limits: rate limits on; "
            "answers: AI agents and auto-reply rules; desks: sessions move between own chats."
        ),
    ] = Part.ALL,
    keep: Annotated[
        Path | None, typer.Option(help="Keep databases and logs in this folder.")
    ] = None,
) -> None:
    """Inject faults while customers and agents write, then count lost, doubled or late messages."""
    from scripts.chaos import plan
    from scripts.chaos.batch import BatchOptions, run_batch

    options = BatchOptions(
        first_seed=seed,
        seeds=seeds,
        seconds=seconds,
        engines=("sqlite", "mariadb") if database is Engines.BOTH else (database.value,),
        parts=tuple(plan.Part) if part is Part.ALL else (plan.Part(part.value),),
        keep=keep,
    )
    raise typer.Exit(run_batch(options, typer.echo, complain=say))
