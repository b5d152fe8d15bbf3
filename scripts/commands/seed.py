"""`osmodesk seed`."""

# ruff: noqa: PLC0415 imported when it runs: the other commands start at once

from scripts.commands.words import say


def seed() -> None:
    """Add demonstration accounts, clients and one open session. Can be run again safely.

    The passwords are published: admin@helpdesk.com / admin123 and cs1@ cs2@ cs3@helpdesk.com /
    cs123. Not for production.
    """
    from scripts.application.database_work import run_on_database
    from scripts.seeding.seed import seed_all

    run_on_database(lambda database: seed_all(database, say), migrate_sqlite=True)
