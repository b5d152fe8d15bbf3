"""A checksum of a table's rows that is the same on every engine."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from db.copying.rows import Row

_BYTES = 16
_MODULUS = 1 << (8 * _BYTES)


@dataclass(frozen=True, slots=True)
class Checksum:
    """How many rows were seen, and the sum of their hashes.

    A sum does not depend on the order of the rows, which engines sort differently.
    """

    rows: int = 0
    total: int = 0

    def add(self, row: Row) -> "Checksum":
        """Return the checksum with one more row."""
        return Checksum(self.rows + 1, (self.total + _hash(row)) % _MODULUS)

    def __str__(self) -> str:
        return f"{self.total:0{2 * _BYTES}x}"


def _hash(row: Row) -> int:
    # ASCII only: a text may have half a character in it, which has no UTF-8.
    written = json.dumps(row, default=_encode, sort_keys=True, separators=(",", ":"))
    return int.from_bytes(hashlib.blake2b(written.encode(), digest_size=_BYTES).digest())


def _encode(value: Any) -> object:
    match value:
        case datetime():
            return value.isoformat(timespec="microseconds")
        case Enum():
            return value.value
        case _:
            raise TypeError(f"no checksum of a {type(value).__name__}")
