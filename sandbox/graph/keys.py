"""Where the application keeps this stand-in's world."""

from aiohttp import web

from sandbox.graph.world import World

GRAPH = web.AppKey("graph_world", World)
