"""`osmodesk chaos`: the proof of delivery."""

# ruff: noqa: PLC0415 each command imports what it runs when it runs: --help is quick

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Engines(StrEnum):
    BOTH = "both"
    SQLITE = "sqlite"
    MARIADB = "mariadb"


class Part(StrEnum):
    ALL = "all"
    VOLUME = "volume"
    LIMITS = "limits"


def chaos(
    seed: Annotated[int | None, typer.Option(help="Where the harm is drawn from.")] = None,
    seeds: Annotated[int, typer.Option(help="So many seeds, counted up from the first.")] = 1,
    seconds: Annotated[float, typer.Option(help="How long each run is played.")] = 40,
    database: Annotated[Engines, typer.Option(help="What is kept where.")] = Engines.BOTH,
    part: Annotated[
        Part, typer.Option(help="volume: all harm, no limits; limits: Telegram's limits on.")
    ] = Part.ALL,
    keep: Annotated[
        Path | None, typer.Option(help="Leave databases and logs in this folder.")
    ] = None,
) -> None:
    """Break everything while people talk, then count what was lost, doubled or out of order."""
    from scripts.chaos.batch import BatchOptions, run_batch

    options = BatchOptions(
        first_seed=seed,
        seeds=seeds,
        seconds=seconds,
        engines=("sqlite", "mariadb") if database is Engines.BOTH else (database.value,),
        parts=("volume", "limits") if part is Part.ALL else (part.value,),
        keep=keep,
    )
    raise typer.Exit(run_batch(options, typer.echo))
