"""A desk without AI agents imports nothing of them."""

import subprocess
import sys

_CHECK = """
import sys
import scripts.wiring
heavy = ("desk.ai.turns", "desk.ai.prompt", "desk.ai.guardrails", "desk.knowledge.search", "openai")
print([name for name in sys.modules if name.startswith(heavy)])
"""


def test_nothing_of_ai_agents_is_imported_before_they_are_used() -> None:
    command = [sys.executable, "-c", _CHECK]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 fixed words
    assert done.stdout.strip() == "[]"
