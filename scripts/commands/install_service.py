"""`osmodesk install-service`."""

# ruff: noqa: PLC0415 imported when it runs: the other commands start at once

from pathlib import Path
from typing import Annotated

import typer

from scripts.commands.words import say


def install_service(
    print_: Annotated[
        bool, typer.Option("--print", help="Print the files; write nothing.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=64,
            help="Install `web` and this many `worker` processes; 0 (at first): one `run`. Needs "
            "MySQL or MariaDB; two and more need Redis too.",
        ),
    ] = None,
    user: Annotated[str | None, typer.Option(help="The services' user; at first osmodesk.")] = None,
    directory: Annotated[
        Path | None,
        typer.Option(
            help="The services' folder, with .env, the SQLite file and media; at first "
            "/var/lib/osmodesk."
        ),
    ] = None,
    backups: Annotated[
        Path | None,
        typer.Option(help="The folder of the nightly backups; at first /var/backups/osmodesk."),
    ] = None,
    root: Annotated[
        Path, typer.Option(help="Write below this folder, for an image of a machine.")
    ] = Path("/"),
) -> None:
    """Write systemd units for this desk and its backup, and /usr/local/bin/osmodesk.

    Run it as root, and again after each update: an option that is left out stays as it is. It
    starts nothing: it prints how to. Your own changes belong in `systemctl edit osmodesk`.
    """
    import sys

    from scripts.systemd import installation
    from scripts.systemd import plan as plans

    last = installation.read_last_options(root)
    number = int(last.get("workers", 0)) if workers is None else workers
    plan = plans.ServicePlan(
        program=installation.find_own_program(),
        python=Path(sys.executable).resolve(),
        user=user or last.get("user", plans.DEFAULT_USER),
        directory=directory or Path(last.get("directory", plans.DEFAULT_DIRECTORY)),
        backups=backups or Path(last.get("backups", plans.DEFAULT_BACKUPS)),
        workers=number or None,
    )
    if print_:
        for path, text in installation.list_files(plan).items():
            typer.echo(f"##### {root / path}\n{text}")
        return
    installation.check_settings(plan)
    is_here = root == Path("/")
    if is_here:
        installation.check_machine(plan)
    for path in installation.install(plan, root):
        is_written = (root / path).exists()
        say(f"written: {root / path}" if is_written else f"removed: {root / path}")
    if is_here:
        installation.compile_code()
        if not installation.reload_systemd():
            say("systemd does not run here: reload it where it does")
    say("Start now and with the machine:")
    typer.echo("  systemctl enable osmodesk osmodesk-backup.timer")
    typer.echo("  systemctl restart osmodesk osmodesk-backup.timer")
    say("Read the log:")
    typer.echo("  journalctl -u 'osmodesk*' -f")
