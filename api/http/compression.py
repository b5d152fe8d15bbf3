"""Compress JSON answers for clients that accept it; a list shrinks to a fifth."""

import gzip
import re

# Smaller bodies fit into one packet anyway.
_MIN_BYTES = 1024
# The fastest level: the others cost several times as much and save little more.
_LEVEL = 1
_GZIP = re.compile(
    r"(?:^|,)\s*(?:gzip|\*)\s*(?:;\s*q\s*=\s*([0-9.]{1,5})\s*)?(?=,|$)", re.IGNORECASE
)


def accepts_gzip(header: str) -> bool:
    """Check whether an Accept-Encoding header allows gzip."""
    found = _GZIP.search(header)
    return found is not None and (found[1] is None or found[1].strip("0.") != "")


def compress(body: bytes) -> bytes | None:
    """Return the body compressed; None if that is not worth it."""
    return gzip.compress(body, _LEVEL, mtime=0) if len(body) >= _MIN_BYTES else None
