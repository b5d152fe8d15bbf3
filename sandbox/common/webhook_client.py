"""The HTTP client that posts webhooks: opened at the first use, any certificate accepted."""

import aiohttp


class WebhookClient:
    """A client session that is opened at its first use.

    `answer_seconds` is the time that a webhook has for its answer; `connections` is how many may
    be open at once, 0 for any number.
    """

    def __init__(self, answer_seconds: float, connections: int = 0) -> None:
        self._answer_seconds = answer_seconds
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    @property
    def http(self) -> aiohttp.ClientSession:
        """The open session."""
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=self._answer_seconds)
            connector = aiohttp.TCPConnector(limit=self._connections, ssl=False)
            self._session = aiohttp.ClientSession(timeout=timeout, connector=connector)
        return self._session

    async def close(self) -> None:
        """Close the session; the next use opens another."""
        if self._session is not None:
            await self._session.close()
            self._session = None
