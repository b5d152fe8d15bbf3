"""Read JSON of others, whose parts may be missing or of another type than documented."""

from collections.abc import Mapping
from typing import Any


def as_mapping(value: object) -> Mapping[str, Any]:
    """Return a JSON object, or an empty one for everything else."""
    return value if isinstance(value, Mapping) else {}
