"""What stays up: `run`, and its two halves for a Procfile; `demo` needs no settings at all."""

# ruff: noqa: PLC0415 each command imports what it runs when it runs: the others start at once

_REQUIRED = ("JWT_SECRET", "SECRET_KEY")


def run() -> None:
    """Run API, poller or webhook, and worker in one process. SQLite is migrated on the way."""
    from scripts.configuration.settings import load_settings

    settings = load_settings(required=_REQUIRED)
    from scripts.processes.run import run_all

    run_all(settings)


def web() -> None:
    """Serve the API and the webhooks alone; `osmodesk worker` does the rest."""
    from scripts.configuration.settings import load_settings

    settings = load_settings(required=_REQUIRED)
    from scripts.processes.run import run_web

    run_web(settings)


def worker() -> None:
    """Do everything but the API and the webhooks: handling, delivery, polling."""
    from scripts.configuration.settings import load_settings

    settings = load_settings(required=_REQUIRED)
    from scripts.processes.run import run_worker

    run_worker(settings)


def demo() -> None:
    """Play with a help desk: a page on which you are the customer and the staff group."""
    from scripts.demo.demo import run_demo

    run_demo()
