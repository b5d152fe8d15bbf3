"""The command as a person runs it, as in tests/scripts."""

from tests.scripts.conftest import clean_environment, environment, osmodesk

__all__ = ["clean_environment", "environment", "osmodesk"]
