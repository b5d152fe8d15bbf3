"""What a process imports before anybody needs it costs each desk memory."""

import subprocess
import sys

# Libraries of the search in articles and of their import.
LIBRARIES = ("Stemmer", "rapidfuzz", "selectolax", "pypdfium2", "desk.knowledge.search.index")


def test_a_desk_without_ai_imports_no_search() -> None:
    names = ", ".join(repr(each) for each in LIBRARIES)
    code = f"import sys, scripts.wiring; print([n for n in ({names}) if n in sys.modules])"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 our own
    assert done.stdout.strip() == "[]"
