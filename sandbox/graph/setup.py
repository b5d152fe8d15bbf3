"""Adds the Graph API stand-in to an application: the API, its control API and its state."""

from aiohttp import web

from sandbox.graph.control.routes import add_control
from sandbox.graph.server.graph_api import add_api
from sandbox.graph.state.app_key import GRAPH
from sandbox.graph.state.world import World


def add_graph(app: web.Application) -> None:
    """Serve the Graph API below /graph/ from a new world, which is kept in memory only."""
    app[GRAPH] = World()
    add_api(app)
    add_control(app)
    app.on_shutdown.append(_close)


async def _close(app: web.Application) -> None:
    """End all waiting requests, so that the server can stop at once."""
    world = app[GRAPH]
    world.closing.set()
    world.tasks.cancel()
    await world.webhook_sender.close()
