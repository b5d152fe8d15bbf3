"""New values of a row as parameters, so that an update is built once for each set of columns."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam


def new_columns(names: Iterable[str]) -> dict[str, Any]:
    """Return these columns with parameters as values, for `update().values(…)`."""
    return {name: bindparam(f"new_{name}") for name in names}


def bind_new(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that fill in `new_columns` of these names."""
    return {f"new_{name}": value for name, value in values.items()}
