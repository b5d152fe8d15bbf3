"""The Cloud API's webhook: verified, taken apart, committed, only then answered 200."""

import asyncio
import hashlib
import hmac
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import structlog
from aiohttp import web

from bridge.cloud.intake.webhook_parser import parse_items, to_inbound_events
from db.errors import DATABASE_ERRORS, describe_error
from db.ids import ChannelId
from db.queues.inbox import InboundEvent
from desk.receiving.intake import Intake
from desk.telemetry.metrics import Metrics

log = structlog.get_logger(__name__)

PATH = "/whatsapp"
_ROUTE = PATH + "/{channel_id}"
# A database that is locked is waited for so long, in seconds; then Meta shall try again.
_STORE_TIMEOUT = 10.0
_HEADER, _SCHEME = "X-Hub-Signature-256", b"sha256="
_CHANNEL_NOT_SERVED = "this channel is not served at present; send it again"
Credentials = Mapping[ChannelId, Mapping[str, str]]


class _UnservedNumberError(Exception):
    """Some of a body is of a number whose channel is not served just now."""


def build_cloud_routes(
    credentials: Credentials, intake: Intake, metrics: Metrics
) -> list[web.RouteDef]:
    """Build the routes of the channels whose credentials are in `credentials`, as they are then."""
    webhook = _Webhook(credentials, intake, metrics)
    return [web.get(_ROUTE, webhook.verify_subscription), web.post(_ROUTE, webhook.receive)]


@dataclass(frozen=True, slots=True)
class _Webhook:
    """Where Meta calls us."""

    credentials: Credentials
    intake: Intake
    metrics: Metrics

    async def verify_subscription(self, request: web.Request) -> web.Response:
        """Show Meta that the address is ours, as it asks when it is entered there."""
        own = self.credentials.get(ChannelId(request.match_info["channel_id"]), {})
        token = own.get("verify_token", "")
        is_known = token and _is_same_secret(request.query.get("hub.verify_token", ""), token)
        if request.query.get("hub.mode") != "subscribe" or not is_known:
            return _reject(403, "the verify token is not this channel's")
        challenge = request.query.get("hub.challenge", "")
        return web.Response(text=challenge, headers={"X-Content-Type-Options": "nosniff"})

    async def receive(self, request: web.Request) -> web.Response:
        """Keep what a body tells, item by item."""
        addressed = ChannelId(request.match_info["channel_id"])
        signature = _read_signature(request)
        if signature is None:
            return _reject(401, "the signature is missing")
        raw = await request.read()
        verified = _find_signing_channels(self.credentials, addressed, raw, signature)
        if not verified and addressed in self.credentials:
            return _reject(401, "the signature is wrong")
        if not verified:
            return _reject(503, _CHANNEL_NOT_SERVED)
        try:
            return await self._store(_to_inbound_events(raw, verified, addressed))
        except _UnservedNumberError:
            return _reject(503, _CHANNEL_NOT_SERVED)

    async def _store(self, arrivals: list[InboundEvent]) -> web.Response:
        try:
            # One that is kept after all when the time is over comes again, and is known by its id.
            async with asyncio.timeout(_STORE_TIMEOUT):
                await self.intake.accept(arrivals)
        except (*DATABASE_ERRORS, TimeoutError) as error:
            log.warning("webhook.database_away", error=describe_error(error))
            return _reject(503, "it could not be kept; send it again")
        for channel_id, many in Counter(each.channel_id for each in arrivals).items():
            self.metrics.count_received(channel_id, many)
        return web.Response()


def _to_inbound_events(
    raw: bytes, verified: Credentials, addressed: ChannelId
) -> list[InboundEvent]:
    """Give each item to the channel of its number; an unknown number's to the addressed one.

    Raises _UnservedNumberError where that one is not served: Meta keeps the body.
    """
    by_number = {each["phone_number_id"]: name for name, each in verified.items()}

    def channel_of(number: str | None, account: str | None) -> ChannelId:
        known = by_number.get(number or "")
        if number is None and verified.get(addressed, {}).get("waba_id") != account:
            # News of another account of the app's: any channel that is in it may tell its admins.
            theirs = (name for name, each in verified.items() if each.get("waba_id") == account)
            known = next(theirs, None) if account else None
        if known is None and addressed not in verified:
            raise _UnservedNumberError
        return addressed if known is None else known

    return to_inbound_events(parse_items(raw), channel_of, raw)


def _find_signing_channels(
    credentials: Credentials, addressed: ChannelId, raw: bytes, signature: bytes
) -> Credentials:
    """List the channels whose app signed this body; none: it is not genuine.

    One app has one address for all its numbers. It is the addressed channel's app that must have
    signed; only where that channel is not served it may be any of ours.
    """
    own = credentials.get(addressed)
    secrets = _collect_secrets(credentials.values() if own is None else [own])
    good = [each for each in secrets if hmac.compare_digest(_sign(raw, each), signature)]
    return {
        channel_id: each
        for channel_id, each in credentials.items()
        if "phone_number_id" in each
        and any(_is_same_secret(each.get("app_secret", ""), one) for one in good)
    }


def _collect_secrets(credentials: Iterable[Mapping[str, str]]) -> set[str]:
    return {secret for each in credentials if (secret := each.get("app_secret"))}


def _sign(raw: bytes, secret: str) -> bytes:
    return hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest().encode()


def _read_signature(request: web.Request) -> bytes | None:
    """Read the signature as bytes: compare_digest raises on a text that is not ASCII."""
    given = request.headers.get(_HEADER, "").encode("utf-8", "surrogateescape")
    if not given.startswith(_SCHEME):
        return None
    return given.removeprefix(_SCHEME).lower()


def _is_same_secret(given: str, secret: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), secret.encode())


def _reject(status: int, reason: str) -> web.Response:
    log.warning("webhook.refused", status=status, reason=reason)
    return web.json_response({"error": reason}, status=status)
