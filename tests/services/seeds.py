"""Seeds of random tests: one in every run, the others in a long run."""

import pytest
from _pytest.mark import ParameterSet


def seeds(many: int) -> list[ParameterSet | int]:
    """Return this many seeds to parametrize a test with; all except the first are marked long."""
    return [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, many))]
