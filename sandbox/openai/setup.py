"""Adds the model server's stand-in to an application: the API, its control API and its state."""

from aiohttp import web

from sandbox.openai.control import add_control
from sandbox.openai.server import add_api
from sandbox.openai.world import OPENAI, World


def add_openai(app: web.Application) -> None:
    """Serve an OpenAI-compatible API below /openai/v1/; its state is kept in memory only."""
    app[OPENAI] = World()
    add_api(app)
    add_control(app)
    app.on_shutdown.append(_close)


async def _close(app: web.Application) -> None:
    """End all waiting requests, so that the server can stop at once."""
    app[OPENAI].closing.set()
