"""Adds the WAHA stand-in to an application: API, control API, and what they live from."""

from aiohttp import web

from sandbox.telegram.keys import WORLD
from sandbox.waha.control.routes import add_control
from sandbox.waha.keys import WAHA
from sandbox.waha.server import add_api
from sandbox.waha.world import WahaWorld


def add_waha(app: web.Application) -> None:
    """Serve WAHA below /waha; changes are told in the feed of the Telegram stand-in."""
    app[WAHA] = WahaWorld(app[WORLD].feed)
    add_api(app)
    add_control(app)
    app.on_shutdown.append(_close)


async def _close(app: web.Application) -> None:
    """End whatever waits, so that the server can stop at once."""
    world = app[WAHA]
    world.closing.set()
    for session in world.sessions.values():
        if session.ladder is not None:
            session.ladder.cancel()
    await world.webhooks.close()
