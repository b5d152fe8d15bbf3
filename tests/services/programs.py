"""Finds the programs that tests need; a missing one makes a test NOT RUN."""

import pytest

from scripts.private_servers.programs import ProgramMissingError, find_program


def require_program(*names: str) -> str:
    """Return the path of the first of these programs that is installed, or skip the test."""
    try:
        return find_program(*names)
    except ProgramMissingError as error:
        pytest.skip(str(error))
