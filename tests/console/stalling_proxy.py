"""A proxy whose connections die without a word, as those of a machine that sleeps."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

_PIECE = 65_536


class StallingProxy:
    """Passes on what is sent; `stall` kills the connections that are open now."""

    def __init__(self, target: str) -> None:
        address = urlsplit(target)
        self._host, self._port = address.hostname or "", address.port or 0
        self._silent = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self.address = ""

    def stall(self) -> None:
        """Let the open connections die: silent until somebody sends there. New ones work."""
        self._silent.set()
        self._silent = asyncio.Event()

    def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Connect a client to the target."""
        task = asyncio.create_task(self._serve(reader, writer, self._silent))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(
        self,
        client: asyncio.StreamReader,
        to_client: asyncio.StreamWriter,
        silent: asyncio.Event,
    ) -> None:
        server, to_server = await asyncio.open_connection(self._host, self._port)
        answers = asyncio.create_task(_pass_on(server, to_client, silent))
        try:
            # A request on a dead connection ends it.
            await _pass_on(client, to_server, silent)
        finally:
            answers.cancel()
            for each in (to_server, to_client):
                each.close()
                with suppress(ConnectionError):
                    await each.wait_closed()

    async def close(self) -> None:
        """End all connections."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _pass_on(
    source: asyncio.StreamReader, sink: asyncio.StreamWriter, silent: asyncio.Event
) -> None:
    """Pass on what comes, until the connection ends or is dead."""
    with suppress(ConnectionError):
        while (piece := await source.read(_PIECE)) and not silent.is_set():
            sink.write(piece)
            await sink.drain()


@asynccontextmanager
async def run_stalling_proxy(target: str) -> AsyncIterator[StallingProxy]:
    """Run a proxy in front of a server until the end of the block."""
    proxy = StallingProxy(target)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        server.close()
        await proxy.close()
