"""The commands of `osmodesk` and their options, for typer.

A command imports what it needs when it runs, so that --help is fast.
"""

from typing import Any

import typer

from scripts.commands import (
    accounts,
    ai,
    bench,
    channels,
    chaos,
    database,
    demo,
    doctor,
    install_service,
    report,
    seed,
    serve,
)
from scripts.commands.help_words import translate_help

app = typer.Typer(
    name="osmodesk",
    help="OsmoDesk: a help desk that lives in Telegram.",
    no_args_is_help=True,
    add_completion=False,
    # `main` prints errors, one line each.
    pretty_exceptions_enable=False,
)
for _command in (serve.run, serve.web, serve.worker, demo.demo, doctor.doctor, seed.seed):
    app.command()(_command)
app.command()(chaos.chaos)
app.command()(report.report)
app.command("install-service")(install_service.install_service)
app.add_typer(bench.app, name="bench")
app.add_typer(ai.app, name="ai")
app.add_typer(accounts.app, name="accounts")
app.add_typer(channels.app, name="channels")
app.add_typer(database.app, name="db")


def build_command() -> Any:
    """Build the command with its subcommands; its help is in the operator's language."""
    command = typer.main.get_command(app)
    translate_help(command)
    return command
