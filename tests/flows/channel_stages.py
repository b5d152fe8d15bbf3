"""The same stage on every kind of channel; a test need not know which."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from db.tables import ChannelKind
from sandbox.graph.client import GraphSandbox
from sandbox.waha.client import WahaSandbox
from tests.flows.cloud import CloudStage
from tests.flows.stage import Stage, prepare_stage
from tests.flows.waha import WahaStage


@asynccontextmanager
async def prepare_channel_stage(
    kind: ChannelKind, database_url: str, **settings: Any
) -> AsyncIterator[Stage]:
    """Set up a stage for customers of this kind of channel, without starting the desk.

    When the desk runs, `connect` makes it serve them.
    """
    settings = {"whatsapp_limits": "off", **settings}
    match kind:
        case ChannelKind.TELEGRAM:
            async with prepare_stage(database_url, **settings) as stage:
                yield stage
        case ChannelKind.WHATSAPP_CLOUD:
            async with (
                prepare_stage(database_url, kind=CloudStage, **settings) as cloud,
                GraphSandbox(cloud.url) as cloud.graph,
            ):
                yield cloud
        case ChannelKind.WHATSAPP_WAHA:
            async with (
                prepare_stage(database_url, kind=WahaStage, **settings) as linked,
                WahaSandbox(linked.url) as linked.waha,
            ):
                yield linked


@asynccontextmanager
async def run_channel_stage(
    kind: ChannelKind, database_url: str, **settings: Any
) -> AsyncIterator[Stage]:
    """Run a stage and a desk whose customers use this kind of channel."""
    async with (
        prepare_channel_stage(kind, database_url, **settings) as stage,
        stage.desk() as stage.address,
    ):
        await stage.connect()
        yield stage
