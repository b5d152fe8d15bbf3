"""The application's key for the stand-in's world."""

from aiohttp import web

from sandbox.telegram.state.world import World

WORLD = web.AppKey("telegram_world", World)
