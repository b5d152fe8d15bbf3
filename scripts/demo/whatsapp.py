"""The demo's WhatsApp: one Cloud API number of the sandbox, and one to link by its QR code."""

import asyncio
from collections.abc import Mapping
from urllib.parse import urlsplit

from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.ids import ChannelId
from db.queries.channels import channels as channel_queries
from db.tables import Channel, ChannelKind
from desk.accounts.encryption import Encryptor
from desk.channels import ASKS_FOR_RATING, TELLS_WHO_ANSWERS
from sandbox.common.control_client import SandboxRequestError
from sandbox.graph.client import GraphSandbox
from sandbox.waha.client import WahaSandbox
from scripts.configuration.settings import Settings

_NUMBER, _ACCOUNT = "106540352242922", "102290129340398"
_PHONE = "15550783881"
# The sandbox's own; they give access to nothing else.
_TOKEN = "demo-only-cloud-token"  # noqa: S105
_APP_SECRET = "demo-only-app-secret"  # noqa: S105
_VERIFY = "demo-only-verify-token"
_HMAC_KEY = "demo-only-hmac-key"
_SESSION = "osmodesk_demo"
# What is off until an administrator wants it can be tried here at once.
_SETTINGS = {ASKS_FOR_RATING: True, TELLS_WHO_ANSWERS: True}
_CUSTOMERS = (("Dewi", "6281234567801"), ("Rizky", "6281234567802"))
_TEMPLATES = (
    ("order_update", "Hello {{1}}, there is news about your order. Shall we go on here?"),
    ("feedback_request", "Hello {{1}}, how was our help? We would be glad to hear from you."),
)


async def add_channels(settings: Settings, database: Database, sandbox: str) -> None:
    """Save a channel of each kind of WhatsApp number; a restart updates their addresses."""
    assert settings.telegram_bot_token is not None  # noqa: S101 the demo's own
    encryptor = Encryptor(*settings.secret_keys)
    token = settings.telegram_bot_token.get_secret_value()

    async def work(tx: AsyncSession) -> None:
        bot = await channel_queries.save_channel(
            tx,
            ChannelKind.TELEGRAM,
            token.partition(":")[0],
            credentials=encryptor.encrypt({"token": token}),
            staff_groups=settings.telegram_staff_group,
        )
        for kind, external_id, name, credentials in _list_channels(sandbox):
            channel = await channel_queries.save_channel(
                tx,
                kind,
                external_id,
                credentials=encryptor.encrypt(credentials),
                staff_groups=settings.telegram_staff_group,
            )
            channel.name, channel.staff_channel_id = name, bot.id
            channel.settings = {**_SETTINGS, **channel.settings}
        bot.settings = {**_SETTINGS, **bot.settings}

    await database.run(work)


def _list_channels(sandbox: str) -> list[tuple[ChannelKind, str, str, Mapping[str, str]]]:
    waha = f"{sandbox}/waha"
    cloud = {
        "access_token": _TOKEN,
        "phone_number_id": _NUMBER,
        "app_secret": _APP_SECRET,
        "waba_id": _ACCOUNT,
        "verify_token": _VERIFY,
    }
    linked = {
        "url": waha,
        "api_key": WahaSandbox.API_KEY,
        "session": _SESSION,
        "hmac_key": _HMAC_KEY,
    }
    name = f"{_SESSION}@{urlsplit(waha).hostname}"  # without the port, which may change
    return [
        (ChannelKind.WHATSAPP_CLOUD, _NUMBER, "WhatsApp", cloud),
        (ChannelKind.WHATSAPP_WAHA, name, "WhatsApp (linked)", linked),
    ]


async def populate_sandbox(sandbox: str) -> None:
    """Add the number, its templates and customers to the sandbox, unless they exist."""
    async with GraphSandbox(sandbox) as graph:
        await graph.add_number(
            _PHONE, id=_NUMBER, account=_ACCOUNT, token=_TOKEN, app_secret=_APP_SECRET
        )
        for name, text in _TEMPLATES:
            body = {"type": "BODY", "text": text, "example": {"body_text": [["Dewi"]]}}
            await graph.add_template(name, [body], account=_ACCOUNT)
        for name, phone in _CUSTOMERS:
            await graph.add_customer(name, phone=phone)
    async with WahaSandbox(sandbox) as waha:
        await waha.add_customer("Sari", phone="6281234567803")


async def connect_webhook(database: Database, sandbox: str, address: str) -> None:
    """Set the desk's address as the webhook at the sandbox, as one does on Meta's pages."""
    async with database.transaction() as tx:
        rows: list[Channel] = await channel_queries.list_all(tx)
    channel_id = ChannelId(next(row.id for row in rows if row.kind is ChannelKind.WHATSAPP_CLOUD))
    async with GraphSandbox(sandbox) as graph, asyncio.timeout(30):
        while True:
            try:
                await graph.set_webhook(_NUMBER, f"{address}/whatsapp/{channel_id}", _VERIFY)
            except SandboxRequestError:  # the desk does not serve the channel yet
                await asyncio.sleep(0.2)
            else:
                return
