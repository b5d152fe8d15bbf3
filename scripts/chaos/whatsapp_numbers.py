"""The WhatsApp numbers of a run: one at the Cloud API, one linked through WAHA."""

import asyncio
import secrets
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.ids import ChannelId
from db.queries.channels import channels as channel_queries
from db.tables import ChannelKind
from db.url import parse_database_url
from desk.accounts.encryption import Encryptor
from sandbox.common.control_client import SandboxRequestError
from sandbox.graph.client import GraphSandbox
from sandbox.waha.client import WahaSandbox
from scripts.chaos.message_log import Json

_CLOUD_PHONE, _LINKED_PHONE = "15550783881", "15550783882"
SESSION = "osmodesk_chaos"
_VERIFY = "chaos-verify-token"
_WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """The desk's settings that the channels need."""

    url: str
    secret_key: str
    token: str
    group: int


async def add_channels(desk: DeskSettings, number: Json, waha: WahaSandbox) -> ChannelId:
    """Save the channels of both numbers, with the bot that serves their staff.

    Returns the Cloud API number's channel.
    """
    encryptor, groups = Encryptor(desk.secret_key), [str(desk.group)]
    cloud = {
        "access_token": number["token"],
        "phone_number_id": number["id"],
        "app_secret": number["app_secret"],
        "waba_id": number["account"],
        "verify_token": _VERIFY,
    }
    linked = {
        "url": waha.waha_url,
        "api_key": waha.API_KEY,
        "session": SESSION,
        "hmac_key": secrets.token_urlsafe(32),
    }

    async def work(tx: AsyncSession) -> ChannelId:
        save_channel = channel_queries.save_channel
        bot = await save_channel(
            tx,
            ChannelKind.TELEGRAM,
            desk.token.partition(":")[0],
            credentials=encryptor.encrypt({"token": desk.token}),
            staff_groups=groups,
        )
        made = [
            await save_channel(
                tx, kind, name, credentials=encryptor.encrypt(opened), staff_groups=groups
            )
            for kind, name, opened in (
                (ChannelKind.WHATSAPP_CLOUD, number["id"], cloud),
                (ChannelKind.WHATSAPP_WAHA, f"{SESSION}@127.0.0.1", linked),
            )
        ]
        for channel in made:
            channel.name, channel.staff_channel_id = str(channel.kind), bot.id
        return made[0].id

    database = Database(parse_database_url(desk.url))
    try:
        return await database.run(work)
    finally:
        await database.close()


async def add_number(graph: GraphSandbox) -> Json:
    """Add a Cloud API number to the sandbox."""
    return await graph.add_number(_CLOUD_PHONE)


async def connect_webhook(
    graph: GraphSandbox, number: Json, address: str, channel: ChannelId
) -> None:
    """Set the desk's address as the webhook at the Graph sandbox, once the desk serves it."""
    async with asyncio.timeout(_WITHIN):
        while True:
            try:
                await graph.set_webhook(number, f"{address}/whatsapp/{channel}", _VERIFY)
            except SandboxRequestError:  # the channel is not served yet
                await asyncio.sleep(0.1)
            else:
                return


async def link_number(waha: WahaSandbox) -> None:
    """Scan the QR code that the desk requested."""
    await waha.until(SESSION, "SCAN_QR_CODE", seconds=_WITHIN)
    await waha.scan(SESSION, phone=_LINKED_PHONE)
    await waha.until(SESSION, "WORKING", seconds=_WITHIN)
