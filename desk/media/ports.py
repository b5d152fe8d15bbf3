"""What media needs of a channel."""

from collections.abc import AsyncGenerator
from typing import Protocol, runtime_checkable


@runtime_checkable
class SupportsDownload(Protocol):
    """A channel that hands out the files which people sent through it."""

    def download(self, file_id: str) -> AsyncGenerator[bytes, None]:
        """Give a file's bytes, in pieces; raises what desk/media/errors.py draws, nothing else."""
