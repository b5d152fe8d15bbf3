"""What clients of the control APIs have in common: one session, one way to ask."""

from types import TracebackType
from typing import Any, ClassVar, Self

import aiohttp

Json = dict[str, Any]


class SandboxRequestError(Exception):
    """The control API said no; the text tells why."""


class ControlClient:
    """Asks one stand-in's control API, within `async with`."""

    # Where that API is, below the sandbox's address.
    control: ClassVar[str] = "control"

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.close()

    @property
    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError(f"use `async with {type(self).__name__}(url) as …:`")
        return self._session

    async def ask(self, verb: str, path: str, body: Json | None = None, **query: object) -> Any:
        """Make one control call and return its answer; a mistake raises SandboxRequestError."""
        url = f"{self.base_url}/{self.control}/{path}"
        params = {name: str(value) for name, value in query.items() if value is not None}
        async with self._http.request(verb, url, json=body, params=params) as response:
            content = await response.json(content_type=None)
            if not response.ok:
                raise SandboxRequestError(f"{verb} {path}: {content['error']}")
            return content

    async def _bytes(self, path: str) -> bytes:
        """Fetch a file; raises aiohttp's error where there is none."""
        async with self._http.get(f"{self.base_url}/{self.control}/{path}") as response:
            response.raise_for_status()
            return await response.read()

    async def _post(self, path: str, body: Json) -> Json:
        content: Json = await self.ask("POST", path, body)
        return content

    async def _get(self, path: str) -> Json:
        content: Json = await self.ask("GET", path)
        return content
