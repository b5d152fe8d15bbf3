"""The base of the control APIs' clients."""

from types import TracebackType
from typing import Any, ClassVar, Self

import aiohttp

from sandbox.common.json_shapes import Json


class SandboxRequestError(Exception):
    """A control request that was refused; the text says why."""


class ControlClient:
    """A client of one stand-in's control API, for use in `async with`."""

    # The path of that API, below the sandbox's address.
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
        """Make one control call and return its answer; a refusal raises SandboxRequestError."""
        url = f"{self.base_url}/{self.control}/{path}"
        params = {name: str(value) for name, value in query.items() if value is not None}
        async with self._http.request(verb, url, json=body, params=params) as response:
            content = await response.json(content_type=None)
            if not response.ok:
                raise SandboxRequestError(f"{verb} {path}: {content['error']}")
            return content

    async def faults(self) -> list[Json]:
        """Return the faults that are still to come."""
        waiting: list[Json] = await self.ask("GET", "faults")
        return waiting

    async def clear_faults(self) -> None:
        """Remove all faults."""
        await self.ask("DELETE", "faults")

    async def reset(self) -> None:
        """Delete all state of the stand-in."""
        await self._post("reset", {})

    async def _bytes(self, path: str) -> bytes:
        """Return the bytes of a file; raise aiohttp's error if it does not exist."""
        async with self._http.get(f"{self.base_url}/{self.control}/{path}") as response:
            response.raise_for_status()
            return await response.read()

    async def _post(self, path: str, body: Json) -> Json:
        content: Json = await self.ask("POST", path, body)
        return content

    async def _get(self, path: str) -> Json:
        content: Json = await self.ask("GET", path)
        return content


class LimitingControlClient(ControlClient):
    """Asks a stand-in that has sending limits and can stop recording calls."""

    async def limits(self, on: bool, **numbers: float) -> None:
        """Switch the sending limits on or off, with other numbers if given.

        Telegram's numbers: group_per_minute, group_window, chat_per_second, chat_burst,
        overall_per_second, lengthen. The Graph API's: per_second, pair_seconds, pair_burst,
        per_day.
        """
        await self._post("limits", {"on": on, **numbers})

    async def record_calls(self, *, record: bool) -> None:
        """Switch the recording of calls on or off."""
        await self._post("calls", {"record": record})
