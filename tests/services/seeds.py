"""Seeds of what is played by chance: one on every run, the others on a long one."""

import pytest
from _pytest.mark import ParameterSet


def seeds(many: int) -> list[ParameterSet | int]:
    """Give this many seeds to parametrize a test with; all but the first are marked long."""
    return [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, many))]
