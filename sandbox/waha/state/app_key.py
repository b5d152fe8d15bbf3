"""Where the application keeps its world."""

from aiohttp import web

from sandbox.waha.state.world import WahaWorld

WAHA = web.AppKey("waha_world", WahaWorld)
