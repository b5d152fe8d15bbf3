"""The application's key for the stand-in's world."""

from aiohttp import web

from sandbox.graph.state.world import World

GRAPH = web.AppKey("graph_world", World)
