"""The HTTP server: limits for connections before any request, and a graceful end.

A reverse proxy has the same limits; these hold where there is no proxy, or where its limits are
off.
"""

import asyncio
import contextlib

from aiohttp import web

from api.http.graceful_shutdown import GracefulShutdown
from scripts.application.file_limits import get_max_connections
from scripts.application.http_connection import ConnectionLimits, HttpConnection

DEFAULT_LIMITS = ConnectionLimits()

# Of the 3 seconds that a stop may take: for requests under way, then for open connections.
_REQUESTS_TIMEOUT, _CONNECTIONS_TIMEOUT = 1.2, 0.2
_LAST_PORT = 65535
_TOO_MANY_CONNECTIONS = (
    b"HTTP/1.1 503 Service Unavailable\r\n"
    b"Retry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
)


class HttpServer:
    """Serves an application on one address."""

    def __init__(
        self,
        app: web.Application,
        shutdown: GracefulShutdown,
        host: str,
        port: int,
        *,
        limits: ConnectionLimits = DEFAULT_LIMITS,
        max_connections: int | None = None,
        more_ports: int = 0,
    ) -> None:
        """Allow `max_connections` at once; None: as many as files may be open.

        While `port` is in use, try so many `more_ports` after it.
        """
        self._runner = web.AppRunner(app, shutdown_timeout=_CONNECTIONS_TIMEOUT)
        self._shutdown, self._host = shutdown, host
        self._limits, self._max_connections = limits, max_connections
        self._ports = range(port, min(port + more_ports, _LAST_PORT) + 1)
        self._site: _Site | None = None

    async def start(self) -> str:
        """Start to serve and return the address.

        Raises OSError if every port is in use.
        """
        await self._runner.setup()
        max_connections = (
            get_max_connections() if self._max_connections is None else self._max_connections
        )
        self._site = _Site(self._runner, self._host, self._ports, self._limits, max_connections)
        await self._site.start()
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}"

    async def finish(self) -> None:
        """Accept no new connections, and answer the requests under way."""
        if self._site is not None:
            await self._site.stop()
        await self._shutdown.close(_REQUESTS_TIMEOUT)

    async def close(self) -> None:
        """Close every connection."""
        await self._runner.cleanup()


class _Site(web.BaseSite):
    """Listens, and rejects connections beyond `max_connections`."""

    def __init__(
        self,
        runner: web.AppRunner,
        host: str,
        ports: range,
        limits: ConnectionLimits,
        max_connections: int,
    ) -> None:
        super().__init__(runner)
        self._host, self._ports = host, ports
        self._limits, self._max_connections = limits, max_connections

    @property
    def name(self) -> str:
        return f"http://{self._host}:{self._ports.start}"

    async def start(self) -> None:
        await super().start()
        *before, last = self._ports
        for port in before:
            with contextlib.suppress(OSError):  # in use
                self._server = await self._listen(port)
                return
        self._server = await self._listen(last)

    async def _listen(self, port: int) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        return await loop.create_server(self._accept, self._host, port, backlog=self._backlog)

    async def stop(self) -> None:
        with contextlib.suppress(RuntimeError):  # already stopped
            await super().stop()

    def _accept(self) -> asyncio.Protocol:
        server = self._runner.server
        if server is None or len(server.connections) >= self._max_connections:
            return _RejectingProtocol()
        return HttpConnection(server, self._limits)


class _RejectingProtocol(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)  # noqa: S101 a TCP transport
        transport.write(_TOO_MANY_CONNECTIONS)
        transport.close()
