"""Long-running commands: `run`, its two halves for a Procfile, and `demo` without any settings."""

# ruff: noqa: PLC0415 each command imports what it runs when it runs: the others start at once

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

Personal = Annotated[
    bool, typer.Option("--personal", help="Agents answer in their own chats with a staff bot.")
]

_REQUIRED = ("JWT_SECRET", "SECRET_KEY")


def run() -> None:
    """Run the API, the poller or webhooks, and the worker in one process. Migrates SQLite first."""
    with pause_garbage_collector():
        from scripts.configuration.settings import load_settings

        settings = load_settings(required=_REQUIRED)
        from scripts.processes.run import run_all

    run_all(settings)


def web() -> None:
    """Serve the API and the webhooks only; `osmodesk worker` does the rest."""
    with pause_garbage_collector():
        from scripts.configuration.settings import load_settings

        settings = load_settings(required=_REQUIRED)
        from scripts.processes.run import run_web

    run_web(settings)


def worker() -> None:
    """Do everything except the API and the webhooks: handling, delivery, polling."""
    with pause_garbage_collector():
        from scripts.configuration.settings import load_settings

        settings = load_settings(required=_REQUIRED)
        from scripts.processes.run import run_worker

    run_worker(settings)


@contextmanager
def pause_garbage_collector() -> Iterator[None]:
    """Run the imports of a desk without the garbage collector, which would take half a second.

    It would look through everything that is imported again and again, and find next to nothing.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def demo(*, personal: Personal = False) -> None:
    """Try a help desk with no setup: a page on which you play the customer and the staff group."""
    from scripts.demo.demo import run_demo

    run_demo(personal=personal)
