"""Long-running commands: `run`, and its two halves for several processes.

scripts/cli.py starts them without typer, which a desk does not need.
"""

# ruff: noqa: PLC0415 each command imports what it runs when it runs: the others start at once

from scripts.processes.imports import import_desk

_REQUIRED = ("JWT_SECRET", "SECRET_KEY")


def run() -> None:
    """Run the API, the poller or webhooks, and the worker in one process. Migrates SQLite first."""
    with import_desk():
        from scripts.configuration.settings import load_settings

        settings = load_settings(required=_REQUIRED)
        from scripts.processes.run import run_all

    run_all(settings)


def web() -> None:
    """Serve the API and the webhooks only; `osmodesk worker` does the rest."""
    with import_desk():
        from scripts.configuration.settings import load_settings

        settings = load_settings(required=_REQUIRED)
        from scripts.processes.run import run_web

    run_web(settings)


def worker() -> None:
    """Do everything except the API and the webhooks: handling, delivery, polling."""
    with import_desk():
        from scripts.configuration.settings import load_settings

        settings = load_settings(required=_REQUIRED)
        from scripts.processes.run import run_worker

    run_worker(settings)
