"""Adds the Telegram stand-in to an application: Bot API, control API and state."""

from pathlib import Path

from aiohttp import web

from sandbox.common.state_file import cleanup_context
from sandbox.telegram.control.routes import add_control
from sandbox.telegram.persistence.state_file import keep_in_file
from sandbox.telegram.server.bot_api import add_bot_api
from sandbox.telegram.state.app_key import WORLD
from sandbox.telegram.state.world import World


def add_telegram(app: web.Application, state_file: Path | None) -> None:
    """Serve the Bot API and its control API from a new world."""
    app[WORLD] = World()
    add_bot_api(app)
    add_control(app)
    if state_file is not None:
        app.cleanup_ctx.append(cleanup_context(WORLD, keep_in_file, state_file))
    app.on_shutdown.append(_close)


async def _close(app: web.Application) -> None:
    """End all waiting requests, so that the server can stop at once."""
    world = app[WORLD]
    world.closing.set()
    for bot in world.bots.values():
        bot.queue.end_wait()
    await world.webhooks.close()
