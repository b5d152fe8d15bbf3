"""Channels that an administrator adds to a stage beside its bot."""

from typing import Any

import aiohttp

from db.ids import ChannelId
from tests.api.stage import ApiStage
from tests.flows.stage import Stage


async def add_channel(stage: Stage, kind: str, credentials: dict[str, Any]) -> ChannelId:
    """Add a channel by the API as an administrator, with the stage's bot for its staff."""
    async with aiohttp.ClientSession() as http:
        api = ApiStage(stage.address, stage.database, stage.settings, http)
        # Each stage of the API counts its people anew, and names are unique.
        admin = await api.admin(f"Ada of {kind}")
        made = await admin.post("/channels", {"kind": kind, "credentials": credentials})
        assert made.status == 201, made.body
        await stage.change("UPDATE agents SET status = 'offline' WHERE id = :id", id=admin.agent_id)
        return ChannelId(made.body["id"])
