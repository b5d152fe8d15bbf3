"""What is right in each case."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.field.outcome import Outcome
from tests.field.player import list_cases

Check = Callable[[Outcome], Awaitable[None]]


class Checks:
    """The checks of one channel's cases, by the names of their files."""

    def __init__(self, channel: str) -> None:
        self.names = list_cases(channel)
        self._checks: dict[str, Check] = {}

    def __getitem__(self, name: str) -> Check:
        return self._checks[name]

    def of(self, name: str) -> Callable[[Check], Check]:
        """Name the case that a function checks."""

        def keep(check: Check) -> Check:
            assert name in self.names, f"there is no case {name}"
            self._checks[name] = check
            return check

        return keep

    def parameters(self) -> list[Any]:
        """Return every case as a parameter of a test; a case without a check is an error."""
        assert set(self.names) == set(self._checks), set(self.names) ^ set(self._checks)
        return [pytest.param(name, number, id=name) for number, name in enumerate(self.names)]
