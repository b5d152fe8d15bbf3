"""Which part of a file is asked for: RFC 9110, section 14, and one range at a time."""

import re
from dataclasses import dataclass

from api.errors.problems import RangeNotSatisfiable

# More digits are no place in any file of ours.
_BYTES = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class ByteRange:
    """So many bytes from a place on."""

    start: int
    count: int


def parse_range(header: str | None, size: int) -> ByteRange | None:
    """Read a Range header; None: all of the file is to be sent, for it asks for nothing we know.

    Raises NoSuchRange where the file of `size` bytes ends before it.
    """
    found = _BYTES.fullmatch((header or "").replace(" ", ""))
    if found is None or not any(found.groups()):
        return None
    first, last = found.groups()
    if not first:  # so many from the end
        count = min(int(last), size)
        start = size - count
    else:
        start = int(first)
        end = min(int(last), size - 1) if last else size - 1
        if last and int(last) < start:
            return None
        count = end - start + 1
    if count <= 0 or start >= size:
        raise RangeNotSatisfiable(size)
    return ByteRange(start, count)
