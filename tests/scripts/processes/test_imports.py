"""What a process imports before anybody needs it costs each desk memory."""

import json
import subprocess
import sys

# What a desk starts with, as scripts/commands/serve.py does.
_DESK = """
from scripts.processes.imports import import_desk
with import_desk():
    import scripts.processes.run
"""
# What it needs only for articles, MariaDB, a migration or charts, or never.
_NOT_YET = (
    *("Stemmer", "rapidfuzz", "selectolax", "pypdfium2", "desk.knowledge.search.index", "openai"),
    *("pymysql", "redis", "alembic", "matplotlib", "segno", "markdown_it"),
    *("typer", "rich", "cryptography.x509", "aiogram.client.bot", "aiogram.dispatcher.router"),
)
_USED = """
from datetime import UTC, datetime
import structlog
from desk.accounts.access_tokens import AccessTokens, Claims
tokens = AccessTokens("s" * 32)
assert tokens.read(tokens.issue(Claims("u", "l", 1), datetime.now(UTC))).user_id == "u"
event = {"event": "started", "exception": "Traceback"}
assert "Traceback" in structlog.dev.ConsoleRenderer()(None, "info", event)
import cryptography.x509, rich
"""


def list_imported(code: str, names: tuple[str, ...]) -> list[str]:
    """List which of these modules a program has imported at its end."""
    code = (
        f"import json, sys\n{code}\nprint(json.dumps([n for n in {names!r} if n in sys.modules]))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 our own
    found: list[str] = json.loads(done.stdout)
    return found


def test_the_command_line_imports_no_desk() -> None:
    assert list_imported("import scripts.cli", ("sqlalchemy", "pydantic", "aiohttp")) == []


def test_a_desk_imports_only_what_it_needs_at_once() -> None:
    assert list_imported(_DESK, _NOT_YET) == []


def test_what_is_left_out_of_libraries_is_not_missed_and_not_in_the_way() -> None:
    assert list_imported(_DESK + _USED, ("rich", "cryptography.x509")) != []
