"""Files that come with a request."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Upload:
    """A file from a form."""

    name: str
    mime: str
    data: bytes
