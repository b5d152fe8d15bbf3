"""The HTTP client that sends webhook deliveries."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PostResult:
    """The result of one attempt: a status, or the reason why there is none."""

    status: int | None = None
    error: str | None = None
    # Seconds to wait before the next attempt, as the receiver asks.
    after: float = 0.0


class HttpClient(Protocol):
    """Posts to URLs that users entered."""

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> PostResult:
        """Post once, within seconds; never raise because of the receiver."""
