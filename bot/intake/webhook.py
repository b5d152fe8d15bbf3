"""Serve the webhook: verify an update, commit it, and only then answer 200."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable

import structlog
from aiohttp import web

from bot.intake.raw_updates import to_inbound_event
from db.errors import DATABASE_ERRORS, describe_error
from db.ids import ChannelId
from desk.limits.body_reader import BodyReader, BodyRefusedError
from desk.receiving.intake import Intake
from desk.telemetry.metrics import Metrics

log = structlog.get_logger(__name__)

PATH = "/telegram/{channel_id}"
# How long to wait for a locked database, in seconds. After that the provider must try again.
_STORE_TIMEOUT = 10.0
_HEADER = "X-Telegram-Bot-Api-Secret-Token"


def derive_webhook_secret(secret_key: str, channel_id: ChannelId) -> str:
    """Derive a channel's webhook secret, so that nothing need be stored.

    It has 64 characters that Telegram accepts.
    """
    name = f"telegram-webhook:{channel_id}".encode()
    return hmac.new(secret_key.encode(), name, hashlib.sha256).hexdigest()


def build_webhook_routes(
    get_secrets: Callable[[ChannelId], list[str]],
    is_served: Callable[[ChannelId], bool],
    intake: Intake,
    metrics: Metrics,
    bodies: BodyReader,
) -> list[web.RouteDef]:
    """Build the route that receives the updates of the served channels.

    `get_secrets` returns the accepted secrets of a channel: two while SECRET_KEY is changed.
    A channel may be switched off, or not yet loaded by this process. Then Telegram keeps its
    updates and sends them again.
    """

    async def receive(request: web.Request) -> web.Response:
        channel_id = ChannelId(request.match_info["channel_id"])
        if not _is_genuine(request, get_secrets(channel_id)):
            return _reject(403, "the secret token is missing or wrong")
        if not is_served(channel_id):
            return _reject(503, "this channel is not served at the moment; send the update again")
        try:
            body = await bodies.read(request.content.iter_any(), request.content_length)
            update = json.loads(body)
        except BodyRefusedError as error:
            return _reject(error.status, str(error))
        except (ValueError, RecursionError):  # the latter for endless nested brackets
            return _reject(400, "the body is not JSON")
        if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
            return _reject(400, "the body is not an update: it has no update_id")
        try:
            # An update that is stored after the timeout comes again, and its id identifies it.
            async with asyncio.timeout(_STORE_TIMEOUT):
                await intake.accept([to_inbound_event(channel_id, update)])
        except (*DATABASE_ERRORS, TimeoutError) as error:
            log.warning("webhook.database_unavailable", error=describe_error(error))
            return _reject(503, "the update could not be stored; send it again")
        metrics.count_received(channel_id)
        return web.Response()

    return [web.post(PATH, receive)]


def _is_genuine(request: web.Request, secrets: list[str]) -> bool:
    # Bytes, because compare_digest raises on a text that is not ASCII.
    given = request.headers.get(_HEADER, "").encode("utf-8", "surrogateescape")
    return any(hmac.compare_digest(given, secret.encode()) for secret in secrets)


def _reject(status: int, reason: str) -> web.Response:
    log.warning("webhook.refused", status=status, reason=reason)
    return web.json_response({"error": reason}, status=status)
