"""Sends signed webhooks at a steady rate, as Meta does, to a desk that handles and relays them.

Each is a customer's message, answered once it is committed; the same process copies each one to the
staff group. At the end every message must be stored and copied.
"""

import asyncio
import hashlib
import hmac
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

import aiohttp
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from db.database import Database
from db.ids import ChannelId
from db.queries.channels.channels import save_channel
from db.tables import ChannelKind
from desk.accounts.encryption import Encryptor
from sandbox.graph.client import GraphSandbox
from scripts.bench.api.load import ResponseTimes, call_at_rate
from scripts.bench.processes import MeasuredProcess, start_python
from scripts.bench.stage import GROUP, TOKEN, run_stage, wait_until

_SECRET = "benchmark-secret-of-forty-characters-000"  # noqa: S105 guards nothing
_APP_SECRET = "benchmark-app-secret"  # noqa: S105 guards nothing
_NUMBER, _CUSTOMERS = "106540352242922", 100
_KEYS = {
    "access_token": "benchmark",
    "phone_number_id": _NUMBER,
    "app_secret": _APP_SECRET,
    "waba_id": "1",
    "verify_token": "benchmark",
}
_ADDRESS = re.compile(r"http://[0-9.]+:[0-9]+")
SERVED_WITHIN, _COPIED_WITHIN = 20.0, 120.0


@dataclass(frozen=True, slots=True)
class Figures:
    """The cost of the requests, and how many messages were stored."""

    answers: ResponseTimes
    cpu_microseconds: float
    kept: int
    copied_after_seconds: float
    peak_megabytes: float


async def run_webhooks(url: str, database: Database, *, rate: int, seconds: int) -> Figures:
    """Measure on a fresh, migrated database; raise RuntimeError if a message was lost."""
    channel_id = await database.run(add_channels)
    warm, posts = 2 * rate, rate * seconds
    async with (
        run_stage(0) as play,
        _run_number(play.url),
        run_desk(play.url, url) as (desk, address),
    ):
        hook = f"{address}/whatsapp/{channel_id}"
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
            await wait_until(partial(is_served, http, hook), seconds=SERVED_WITHIN)

            async def post(number: int) -> int:
                return await _post(http, hook, number)

            await call_at_rate(post, rate=rate, seconds=2)
            # Now every customer has their topic; a hundred new topics at once are a different case.
            await wait_until(partial(_are_copied, database, warm), seconds=_COPIED_WITHIN)
            before = desk.cpu_seconds()
            answers = await call_at_rate(
                lambda number: post(warm + number), rate=rate, seconds=seconds
            )
            done, began = desk.cpu_seconds(), time.monotonic()
        total = warm + posts
        await wait_until(partial(_are_copied, database, total), seconds=_COPIED_WITHIN)
        copied_after = time.monotonic() - began
        kept = await _count(database, "SELECT COUNT(*) FROM messages")
        if kept != total:
            raise RuntimeError(f"{total} were posted and {kept} are stored")
        cost = (done - before) / posts * 1e6
        return Figures(answers, cost, kept, copied_after, desk.peak_megabytes())


async def add_channels(tx: AsyncSession) -> ChannelId:
    """Add a bot and a Cloud API number; return the number."""
    encryptor, groups = Encryptor(_SECRET), (str(GROUP),)
    sealed = encryptor.encrypt({"token": TOKEN})
    bot_id = TOKEN.partition(":")[0]
    bot = await save_channel(
        tx, ChannelKind.TELEGRAM, bot_id, credentials=sealed, staff_groups=groups
    )
    sealed = encryptor.encrypt(_KEYS)
    number = await save_channel(
        tx, ChannelKind.WHATSAPP_CLOUD, _NUMBER, credentials=sealed, staff_groups=groups
    )
    number.staff_channel_id = bot.id
    return number.id


@asynccontextmanager
async def _run_number(sandbox: str) -> AsyncIterator[None]:
    """Add the number and its customers to the sandbox; sessions get their queue notice."""
    async with GraphSandbox(sandbox) as graph:
        await graph.add_number("15550783881", id=_NUMBER, account="1", token="benchmark")  # noqa: S106
        for number in range(_CUSTOMERS):
            await graph.add_customer(f"Customer {number}", phone=_phone(number))
        await graph.settings(window="off", ladder=[])
        yield


@asynccontextmanager
async def run_desk(sandbox: str, url: str) -> AsyncIterator[tuple[MeasuredProcess, str]]:
    """Run a desk on this database; yield its process and its address."""
    environment = {
        "DATABASE_URL": url,
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_STAFF_GROUP": str(GROUP),
        "TELEGRAM_API_URL": sandbox,
        "TELEGRAM_LIMITS": "off",
        "WHATSAPP_API_URL": f"{sandbox}/graph",
        "WHATSAPP_LIMITS": "off",
        "CUSTOMER_LIMIT": "0",
        "JWT_SECRET": _SECRET,
        "SECRET_KEY": _SECRET,
        "PORT": "0",
    }
    command = ("-m", "scripts.cli", "run")
    async with start_python(*command, environment=environment, ready_text='"ready"') as (
        desk,
        line,
    ):
        found = _ADDRESS.search(line)
        if found is None:
            raise RuntimeError(f"no address in {line}")
        yield desk, found.group()


async def is_served(http: aiohttp.ClientSession, hook: str) -> bool:
    """Check whether the number's webhook answers."""
    query = {"hub.mode": "subscribe", "hub.verify_token": "benchmark", "hub.challenge": "1"}
    async with http.get(hook, params=query) as answer:
        return answer.status == 200  # noqa: PLR2004 taken


async def _post(http: aiohttp.ClientSession, hook: str, number: int) -> int:
    raw = json.dumps(_build_body(number)).encode()
    signature = hmac.new(_APP_SECRET.encode(), raw, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "X-Hub-Signature-256": f"sha256={signature}",
    }
    async with http.post(hook, data=raw, headers=headers) as answer:
        await answer.read()
        return answer.status


def _phone(number: int) -> str:
    return str(6_281_000_000 + number % _CUSTOMERS)


def _build_body(number: int) -> dict[str, object]:
    phone = _phone(number)
    message = {
        "from": phone,
        "id": f"wamid.BENCH{number:08d}",
        "timestamp": str(int(time.time())),
        "type": "text",
        "text": {"body": f"message {number}"},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550783881", "phone_number_id": _NUMBER},
        "contacts": [{"profile": {"name": f"Customer {phone}"}, "wa_id": phone}],
        "messages": [message],
    }
    change = {"field": "messages", "value": value}
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}


async def _are_copied(database: Database, many: int) -> bool:
    done = "SELECT COUNT(*) FROM outbox WHERE kind = 'copy' AND state = 'done'"
    await asyncio.sleep(0)
    return await _count(database, done) >= many


async def _count(database: Database, statement: str) -> int:
    async with database.transaction() as tx:
        return int(await tx.scalar(text(statement)) or 0)
