"""The sandbox as one aiohttp application: the stand-ins, their control APIs, and the page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from sandbox.graph.setup import add_graph
from sandbox.openai.setup import add_openai
from sandbox.page.routes import add_page
from sandbox.telegram.setup import add_telegram
from sandbox.waha.setup import add_waha

# Uploads may have 50 MB; somewhat larger ones are read, so that they get a proper refusal.
BODY_LIMIT = 80 * 1024 * 1024


def build_app(*, state_file: Path | None = None) -> web.Application:
    """Return the application; with `state_file` the world survives a restart."""
    app = web.Application(client_max_size=BODY_LIMIT)
    add_telegram(app, state_file)
    add_graph(app)
    add_waha(app, state_file)
    add_openai(app)
    add_page(app)
    return app


@dataclass(frozen=True, slots=True)
class Running:
    """A sandbox that answers at `url`."""

    url: str
    app: web.Application


@asynccontextmanager
async def serve(
    host: str = "127.0.0.1", port: int = 0, state_file: Path | None = None
) -> AsyncIterator[Running]:
    """Run a sandbox while the context lasts; port 0 takes a free port."""
    app = build_app(state_file=state_file)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        address = runner.addresses[0]
        yield Running(f"http://{address[0]}:{address[1]}", app)
    finally:
        await runner.cleanup()
