"""Serve the webhook of linked numbers: verify an event, commit it, and only then answer 200."""

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Mapping

import structlog
from aiohttp import web

from bridge.waha.identifiers.chat_ids import NON_PERSON_KINDS
from bridge.waha.identifiers.event_chat import OWN_ACCOUNT, EventChat
from bridge.waha.intake.lid_resolver import LidResolver
from bridge.waha.intake.raw_events import SESSION_STATUS, RawEvent, to_inbound_event
from db.errors import DATABASE_ERRORS, describe_error
from db.ids import ChannelId
from desk.limits.body_reader import BodyReader, BodyRefusedError
from desk.receiving.intake import Intake
from desk.telemetry.instruments import CounterMetric
from desk.telemetry.metrics import Metrics

log = structlog.get_logger(__name__)

PATH = "/waha"
# Events of these are not stored: they are no conversations with customers.
_IGNORED = {*NON_PERSON_KINDS, OWN_ACCOUNT}
# How long to wait for a locked database, in seconds. After that WAHA must try again.
_STORE_TIMEOUT = 10.0
_SIGNATURE = "X-Webhook-Hmac"
_ALGORITHM = "X-Webhook-Hmac-Algorithm"

Credentials = Mapping[ChannelId, Mapping[str, str]]


def _ignore_status(channel_id: ChannelId) -> None:
    """Ignore a change of a channel's link."""


def build_waha_routes(
    credentials: Credentials,
    intake: Intake,
    metrics: Metrics,
    bodies: BodyReader,
    *,
    lids: LidResolver,
    on_status: Callable[[ChannelId], None] = _ignore_status,
) -> list[web.RouteDef]:
    """Build the route that receives WAHA's events for the channels in `credentials`.

    `on_status` is called when a channel's link changed (session/supervisor.py waits for that).
    """
    ignored = CounterMetric(
        "osmodesk_waha_ignored",
        "Ignored events of linked numbers: of groups, broadcasts, newsletters, notes to oneself.",
        ["channel", "reason"],
    )
    metrics.register(ignored)

    async def receive(request: web.Request) -> web.Response:
        channel_id = ChannelId(request.match_info["channel_id"])
        known = credentials.get(channel_id)
        if known is None:
            # The channel is switched off, or this process has not loaded it yet: WAHA tries again.
            return _reject(503, "this channel is not served at the moment; send it again")
        try:
            body = await bodies.read(request.content.iter_any(), request.content_length)
        except BodyRefusedError as error:
            return _reject(error.status, str(error))
        if not is_genuine(request.headers, body, known.get("hmac_key", "")):
            return _reject(403, "the signature is missing or wrong")
        raw = RawEvent.parse(body)
        if raw.about.reason in _IGNORED:
            ignored.add(channel_id, str(raw.about.reason))
            return web.Response()
        try:
            # An event that is stored after the timeout comes again, and its id identifies it.
            async with asyncio.timeout(_STORE_TIMEOUT):
                resolved = await _resolve(lids, channel_id, raw.about)
                await intake.accept([to_inbound_event(channel_id, raw, resolved)])
        except (*DATABASE_ERRORS, TimeoutError) as error:
            log.warning("webhook.database_unavailable", error=describe_error(error))
            return _reject(503, "the event could not be stored; send it again")
        metrics.count_received(channel_id)
        if raw.event == SESSION_STATUS:
            on_status(channel_id)
        return web.Response()

    return [web.post(f"{PATH}/{{channel_id}}", receive)]


async def _resolve(lids: LidResolver, channel_id: ChannelId, about: EventChat) -> str | None:
    """Return the chat id by phone if the event uses one that hides the phone."""
    if about.lid is not None and about.phone_chat is not None:
        lids.learn(channel_id, about.lid, about.phone_chat)
        return about.phone_chat if about.chat == about.lid else None
    return await lids.resolve_chat(channel_id, about.chat)


def is_genuine(headers: Mapping[str, str], body: bytes, key: str) -> bool:
    """Check the signature by HMAC-SHA512 with our key; without a key no body is genuine."""
    if not key or headers.get(_ALGORITHM, "sha512").lower() != "sha512":
        return False
    # Bytes, because compare_digest raises on a text that is not ASCII.
    given = headers.get(_SIGNATURE, "").strip().lower().encode("utf-8", "surrogateescape")
    wanted = hmac.new(key.encode(), body, hashlib.sha512).hexdigest()
    return hmac.compare_digest(given, wanted.encode())


def _reject(status: int, reason: str) -> web.Response:
    log.warning("webhook.refused", status=status, reason=reason)
    return web.json_response({"error": reason}, status=status)
