"""Calls to one model server: the limit of calls at once, the breaker, tries, and the deadline."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from desk.ai.model.circuit_breaker import CircuitBreaker
from desk.ai.model.ports import CircuitOpen, FailureReason, ModelUnavailable
from desk.ai.model.server_failure import FailureKind, ServerFailure, is_outage

if TYPE_CHECKING:
    from desk.ai.model.openai_client import OpenAIClient

Now = Callable[[], datetime]
# Servers that need no key, such as one on this machine, accept any.
_NO_KEY = "none"
# A server that had less time than this is not to blame for a time-out.
_FAIR_SECONDS = 5.0


def read_clock() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


class ServerCalls:
    """One model server as this process uses it."""

    def __init__(
        self,
        base_url: str,
        api_key: str | None,
        *,
        calls_at_once: int,
        breaker: CircuitBreaker | None = None,
        now: Now = read_clock,
    ) -> None:
        self._base_url = base_url
        self._api_key = api_key or _NO_KEY
        self._slots = asyncio.Semaphore(calls_at_once)
        self._opening = asyncio.Lock()
        self._client: OpenAIClient | None = None
        self.breaker = breaker or CircuitBreaker()
        self.now = now

    @asynccontextmanager
    async def take_slot(self, until: float) -> AsyncIterator[None]:
        """Wait for one of the calls at once, at most until a moment of the monotonic clock.

        A call that is under way when the server asks for a pause waits by itself.
        """
        self._refuse_for(self.breaker.find_pause(self.now()))
        self._refuse_for(self.breaker.find_wait(self.now()))
        try:
            async with asyncio.timeout(until - time.monotonic()):
                await self._slots.acquire()
        except TimeoutError:
            raise ModelUnavailable(FailureReason.BUSY, "too many calls at once") from None
        try:
            yield
        finally:
            self._slots.release()

    async def complete(self, body: dict[str, Any], until: float) -> object:
        """Return the answer to a chat completion; raise ServerFailure or CircuitOpen."""
        client = await self._open()
        return await self._call(lambda: client.complete(body), until)

    async def embed(self, body: dict[str, Any], until: float) -> object:
        """Return the answer to a request for embeddings; raise ServerFailure or CircuitOpen."""
        client = await self._open()
        return await self._call(lambda: client.embed(body), until)

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()

    async def _call(self, call: Callable[[], Awaitable[object]], until: float) -> object:
        """Make one call within the time, and tell the breaker what became of it."""
        self._refuse_for(self.breaker.find_wait(self.now()))
        seconds = until - time.monotonic()
        if seconds <= 0:
            raise ServerFailure(FailureKind.TIMEOUT, "no time is left for a call")
        probes = self.breaker.start_call()
        try:
            async with asyncio.timeout(seconds):
                answer = await call()
        except TimeoutError:
            if seconds >= _FAIR_SECONDS:
                self.breaker.record_failure(self.now())
            text = f"no answer within {seconds:.1f} seconds"
            raise ServerFailure(FailureKind.TIMEOUT, text) from None
        except ServerFailure as failure:
            self._record(failure)
            raise
        finally:
            self.breaker.end_call(probes=probes)
        self.breaker.record_success()
        return answer

    def _record(self, failure: ServerFailure) -> None:
        if failure.reason is FailureReason.RATE_LIMITED:
            self.breaker.record_success()
            if failure.retry_after is not None:
                self.breaker.record_rate_limit(self.now(), failure.retry_after)
        elif is_outage(failure):
            self.breaker.record_failure(self.now())
        else:
            self.breaker.record_success()

    def _refuse_for(self, wait: timedelta | None) -> None:
        if wait is not None:
            seconds = wait.total_seconds()
            raise CircuitOpen(f"{self._base_url} is left alone", retry_after=seconds)

    async def _open(self) -> "OpenAIClient":
        """Return the client; the first call imports the package, beside the event loop."""
        async with self._opening:
            if self._client is None:
                make = await asyncio.to_thread(_import_client)
                self._client = make(self._base_url, self._api_key)
            return self._client


def _import_client() -> "type[OpenAIClient]":
    from desk.ai.model.openai_client import OpenAIClient  # noqa: PLC0415 only where AI is in use

    return OpenAIClient
