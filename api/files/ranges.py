"""Parse the Range header: RFC 9110, section 14, one range at a time."""

import re
from dataclasses import dataclass

from api.errors.problems import RangeNotSatisfiable

# More digits exceed the size of any stored file.
_BYTES = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class ByteRange:
    """A number of bytes from a start offset."""

    start: int
    count: int


def parse_range(header: str | None, size: int) -> ByteRange | None:
    """Parse a Range header; None means that the whole file is sent.

    That is so for a missing header, several ranges, or another unit. Raises RangeNotSatisfiable
    when the file of `size` bytes ends before the range.
    """
    found = _BYTES.fullmatch((header or "").replace(" ", ""))
    if found is None or not any(found.groups()):
        return None
    first, last = found.groups()
    if not first:  # the last bytes of the file
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
