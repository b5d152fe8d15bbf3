"""`osmodesk` as a process of its own, which can be killed, limited, or set up its own logging."""

import os
import subprocess
import sys

from tests.patience import PATIENCE
from tests.scripts.conftest import SECRETS
from tests.scripts.processes.process_group import ROOT


def start_command(
    *arguments: str, largest_file: int | None = None, **environment: str
) -> "subprocess.Popen[str]":
    """Start a command with these environment variables.

    `largest_file`: no file can grow beyond it, as on a full disk; in blocks of 512 bytes.
    """
    limit = (
        [] if largest_file is None else ["sh", "-c", f'ulimit -f {largest_file}; exec "$@"', "-"]
    )
    return subprocess.Popen(  # noqa: S603 our own command
        [*limit, sys.executable, "-m", "scripts.cli", *arguments],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **SECRETS, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def run_command(
    *arguments: str, largest_file: int | None = None, **environment: str
) -> tuple[int, str]:
    """Run a command to its end; return its exit code and what it wrote to stderr."""
    with start_command(*arguments, largest_file=largest_file, **environment) as running:
        said = running.communicate(timeout=PATIENCE)[1]
    assert "Traceback" not in said
    return running.returncode, said
