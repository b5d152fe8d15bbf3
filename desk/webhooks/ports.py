"""What brings a webhook's deliveries to their receiver."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PostResult:
    """What came of one try: a status, or why there is none."""

    status: int | None = None
    error: str | None = None
    # Seconds that the receiver asks to be left alone for.
    after: float = 0.0


class HttpClient(Protocol):
    """Posts to addresses that users gave."""

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> PostResult:
        """Post once, within seconds; never raises because of the receiver."""
