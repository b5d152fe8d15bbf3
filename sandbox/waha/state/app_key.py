"""The application's key for the stand-in's world."""

from aiohttp import web

from sandbox.waha.state.world import WahaWorld

WAHA = web.AppKey("waha_world", WahaWorld)
