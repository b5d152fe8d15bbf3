"""The webhook route of linked numbers: verified, committed, only then answered 200."""

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Mapping

import structlog
from aiohttp import web

from bridge.waha.identifiers import chat_ids
from bridge.waha.intake.lid_resolver import LidResolver
from bridge.waha.intake.raw_events import SESSION_STATUS, RawEvent, to_inbound_event
from db.errors import DATABASE_ERRORS, describe_error
from db.ids import ChannelId
from desk.receiving.intake import Intake
from desk.telemetry.instruments import CounterMetric
from desk.telemetry.metrics import Metrics

log = structlog.get_logger(__name__)

PATH = "/waha"
# A database that is locked is waited for so long, in seconds; then WAHA shall try again.
_STORE_TIMEOUT = 10.0
_SIGNATURE = "X-Webhook-Hmac"
_ALGORITHM = "X-Webhook-Hmac-Algorithm"

Credentials = Mapping[ChannelId, Mapping[str, str]]


def _ignore_status(channel_id: ChannelId) -> None:
    """Nobody waits for a channel's link to change."""


def build_waha_routes(
    credentials: Credentials,
    intake: Intake,
    metrics: Metrics,
    *,
    lids: LidResolver,
    on_status: Callable[[ChannelId], None] = _ignore_status,
) -> list[web.RouteDef]:
    """Build the route that takes what WAHA tells of the channels in `credentials`.

    `on_status` is called when it told that a channel's link changed (keeper.py waits for that).
    """
    ignored = CounterMetric(
        "osmodesk_waha_ignored",
        "Events of linked numbers that are no customer's: of groups, broadcasts, newsletters.",
        ["channel", "reason"],
    )
    metrics.register(ignored)

    async def receive(request: web.Request) -> web.Response:
        channel_id = ChannelId(request.match_info["channel_id"])
        known = credentials.get(channel_id)
        if known is None:
            # One that is switched off, or that this process has not read yet: WAHA tries again.
            return _reject(503, "this channel is not served at present; send it again")
        body = await request.read()
        if not is_genuine(request.headers, body, known.get("hmac_key", "")):
            return _reject(403, "the signature is missing or wrong")
        raw = RawEvent.read(body)
        if (reason := chat_ids.find_non_person_kind(raw.chat)) is not None:
            ignored.add(channel_id, reason)
            return web.Response()
        try:
            # One that is kept after all when the time is over comes again, and is known by its id.
            async with asyncio.timeout(_STORE_TIMEOUT):
                resolved = await lids.resolve_chat(channel_id, raw.chat)
                await intake.accept([to_inbound_event(channel_id, raw, resolved)])
        except (*DATABASE_ERRORS, TimeoutError) as error:
            log.warning("webhook.database_away", error=describe_error(error))
            return _reject(503, "the event could not be kept; send it again")
        metrics.count_received(channel_id)
        if raw.event == SESSION_STATUS:
            on_status(channel_id)
        return web.Response()

    return [web.post(f"{PATH}/{{channel_id}}", receive)]


def is_genuine(headers: Mapping[str, str], body: bytes, key: str) -> bool:
    """Tell whether a body was signed with our key, by HMAC-SHA512; without a key nothing is."""
    if not key or headers.get(_ALGORITHM, "sha512").lower() != "sha512":
        return False
    # Bytes: compare_digest raises on a text that is not ASCII.
    given = headers.get(_SIGNATURE, "").strip().lower().encode("utf-8", "surrogateescape")
    wanted = hmac.new(key.encode(), body, hashlib.sha512).hexdigest()
    return hmac.compare_digest(given, wanted.encode())


def _reject(status: int, reason: str) -> web.Response:
    log.warning("webhook.refused", status=status, reason=reason)
    return web.json_response({"error": reason}, status=status)
