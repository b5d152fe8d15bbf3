"""Fixtures that all tests share: private servers, and a fresh database for each test.

Plain code that tests share is beside the tests that use it and is imported by its full name, as in
`from tests.services.mariadb import MariaDB` (no folder here has an `__init__.py`).
"""

import gc
import signal
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import pytest
import structlog
from hypothesis import HealthCheck, settings

from scripts.private_servers.process import Server
from tests.services import chromium as browser
from tests.services.mariadb import MariaDB
from tests.services.redis import Redis

pytest_plugins = ["pytester", "tests.fixtures.database", "tests.services.not_run"]

S = TypeVar("S", bound=Server)


# A busy machine is no fault of what is tested.
settings.register_profile("any speed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any speed")


def _refuse(moment: datetime) -> str:
    raise AssertionError(f"{moment!r} came to sqlite3 without a type: bind it as UtcDateTime")


# The default conversion of times by sqlite3 is deprecated since Python 3.12, and is not our format.
sqlite3.register_adapter(datetime, _refuse)


def pytest_configure() -> None:
    gc.set_threshold(50_000, 50, 100)  # as the product does
    # When it gets SIGTERM (a CI's time limit), pytest ends as after Ctrl-C: no server keeps
    # running.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # Where tests run in the background, Ctrl-C is ignored, and what they start would ignore it too.
    signal.signal(signal.SIGINT, signal.default_int_handler)


# Files whose tests take a minute or more in all.
_SLOWEST_FIRST = (
    "tests/api/test_fuzz.py",
    "tests/flows/test_restart.py",
    "tests/chaos/test_chaos.py",
    "tests/scripts/processes/test_processes.py",
    "tests/scripts/processes/test_channels.py",
    "tests/flows/test_intake.py",
    "tests/bot/test_lazy_aiogram.py",
    "tests/flows/everywhere/test_faults.py",
    "tests/flows/test_file_transfer.py",
)


# What these ask of a database is also asked on both engines in tests/db and the rest of
# tests/desk, and whole conversations are held on both in tests/test_flows.py. The seed is sown on
# both in tests/scripts/commands.
_MARIADB_IS_LONG = (
    "tests/api/",
    "tests/bridge/waha/test_bodies.py",
    "tests/chaos/",
    "tests/desk/accounts/",
    "tests/desk/ai/",
    "tests/desk/broadcasts/",
    "tests/desk/clients/",
    "tests/desk/conversations/",
    "tests/desk/knowledge/",
    "tests/desk/messages/",
    "tests/desk/reports/",
    "tests/desk/test_causes.py",
    "tests/desk/test_weekend.py",
    "tests/flows/",
    "tests/scripts/processes/test_graceful_shutdown.py",
    "tests/scripts/processes/test_log_secrets.py",
    "tests/scripts/processes/test_worker_metrics.py",
    "tests/scripts/seeding/",
)

# What these ask is decided before it is known how the customer is reached. Other files of the
# folder ask how each kind of channel sends and receives.
_ONE_WHATSAPP_IS_ENOUGH = tuple(
    f"tests/flows/everywhere/test_{name}.py"
    for name in (
        "ai",
        "auto_replies",
        "hours",
        "late_answers",
        "own_texts",
        "session_ends",
        "sessions",
        "words",
    )
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the slowest files first, so that no worker begins one when the others have ended.

    The others begin in all folders side by side: tests of some mostly wait, of others compute.
    Tests that run on each engine, or on each kind of channel, run on all in the long form only
    where that is said above.
    """
    for item in items:
        if item.nodeid.startswith(_MARIADB_IS_LONG) and "mariadb" in item.name:
            item.add_marker(pytest.mark.long)
        if item.nodeid.startswith(_ONE_WHATSAPP_IS_ENOUGH) and "whatsapp_cloud" in item.name:
            item.add_marker(pytest.mark.long)
    files = list(dict.fromkeys(item.nodeid.partition("::")[0] for item in items))
    ranks = {name: rank for rank, name in enumerate(_SLOWEST_FIRST, -len(_SLOWEST_FIRST))}
    for folder in {name.split("/")[1] for name in files}:
        inside = [name for name in files if name.split("/")[1] == folder]
        ranks |= {
            name: number / len(inside)
            for number, name in enumerate(inside)
            if name not in _SLOWEST_FIRST
        }
    items.sort(key=lambda item: ranks[item.nodeid.partition("::")[0]])


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Leave the thousands of tests out of each garbage collection."""
    gc.freeze()


@pytest.fixture(autouse=True)
def plain_log() -> None:
    """Log tracebacks without the values of all variables: a failing handler fails five times.

    Set for each test, because tests of several folders run in one process, in any order.
    """
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, plain])


@contextmanager
def run_server(kind: type[S]) -> Iterator[S]:
    with tempfile.TemporaryDirectory(prefix="osmodesk-") as folder:
        server = kind(Path(folder))
        try:
            server.start()
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDB]:
    with run_server(MariaDB) as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Redis]:
    with run_server(Redis) as server:
        yield server


@pytest.fixture(scope="session")
def chromium() -> browser.Chromium:
    return browser.find_chromium()


@pytest.fixture
def redis_url(redis_server: Redis) -> str:
    """Return the REDIS_URL of an empty Redis."""
    redis_server.start()
    redis_server.clear()
    return redis_server.url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Return the DATABASE_URL of an SQLite file that does not exist yet."""
    return f"sqlite+aiosqlite:///{tmp_path / 'osmodesk.db'}"


@pytest.fixture
def mariadb_url(mariadb: MariaDB) -> Iterator[str]:
    """Return the DATABASE_URL of an empty MariaDB database."""
    mariadb.start()
    with mariadb.fresh_database() as url:
        yield url


@pytest.fixture(params=["sqlite", "mariadb"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Return the DATABASE_URL of an empty database; the test runs once on each engine."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url
