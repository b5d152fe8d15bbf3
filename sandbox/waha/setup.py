"""Adds the WAHA stand-in to an application: API, control API and state."""

from pathlib import Path

from aiohttp import web

from sandbox.common.state_file import cleanup_context
from sandbox.telegram.state.app_key import WORLD
from sandbox.waha.control.routes import add_control
from sandbox.waha.persistence.state_file import keep_in_file
from sandbox.waha.server.waha_api import add_api
from sandbox.waha.state.app_key import WAHA
from sandbox.waha.state.world import WahaWorld


def add_waha(app: web.Application, state_file: Path | None = None) -> None:
    """Serve WAHA below /waha; changes go to the feed of the Telegram stand-in.

    With `state_file` the world survives a restart, in another file beside that one.
    """
    app[WAHA] = WahaWorld(app[WORLD].feed)
    add_api(app)
    add_control(app)
    if state_file is not None:
        path = state_file.with_name(f"{state_file.stem}-waha.json")
        app.cleanup_ctx.append(cleanup_context(WAHA, keep_in_file, path))
    app.on_shutdown.append(_close)


async def _close(app: web.Application) -> None:
    """End all waiting requests, so that the server can stop at once."""
    world = app[WAHA]
    world.closing.set()
    for session in world.sessions.values():
        if session.ladder is not None:
            session.ladder.cancel()
    await world.webhooks.close()
