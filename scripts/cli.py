"""The `osmodesk` command.

A subcommand imports what it needs when it runs, so that --help is fast.
"""

import sys

import typer

from scripts.commands import (
    accounts,
    ai,
    bench,
    channels,
    chaos,
    database,
    doctor,
    install_service,
    report,
    seed,
    serve,
)

app = typer.Typer(
    name="osmodesk",
    help="OsmoDesk: a help desk that lives in Telegram.",
    no_args_is_help=True,
    add_completion=False,
    # `main` prints errors, one line each.
    pretty_exceptions_enable=False,
)
for _command in (serve.run, serve.web, serve.worker, serve.demo, doctor.doctor, seed.seed):
    app.command()(_command)
app.command()(chaos.chaos)
app.command()(report.report)
app.command("install-service")(install_service.install_service)
app.add_typer(bench.app, name="bench")
app.add_typer(ai.app, name="ai")
app.add_typer(accounts.app, name="accounts")
app.add_typer(channels.app, name="channels")
app.add_typer(database.app, name="db")


def main() -> None:
    """Run the command, and print errors in one line each, without a traceback."""
    try:
        app()
    except Exception as error:
        from scripts.monitoring.error_messages import explain, get_exit_code  # noqa: PLC0415 only when something failed

        for line in explain(error).splitlines():
            print(f"osmodesk: {line}", file=sys.stderr)  # noqa: T201 a command speaks to a person
        sys.exit(get_exit_code(error))


if __name__ == "__main__":
    main()
