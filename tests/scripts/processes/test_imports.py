"""What a process imports before anybody needs it costs each desk memory."""

import json
import subprocess
import sys

# Libraries of the search in articles and of their import.
LIBRARIES = ("Stemmer", "rapidfuzz", "selectolax", "pypdfium2", "desk.knowledge.search.index")


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


def test_a_desk_without_ai_imports_no_search() -> None:
    assert list_imported("import scripts.wiring", LIBRARIES) == []
