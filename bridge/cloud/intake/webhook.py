"""Serve the Cloud API's webhook: verify a body, split it, commit it, and only then answer 200."""

import asyncio
import hashlib
import hmac
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import structlog
from aiohttp import web

from bridge.cloud.intake.webhook_parser import parse_items, to_inbound_events
from db.errors import DATABASE_ERRORS, describe_error
from db.ids import ChannelId
from db.queues.inbox import InboundEvent
from desk.limits.body_reader import MEGABYTE, BodyReader, BodyRefusedError
from desk.receiving.intake import Intake
from desk.telemetry.metrics import Metrics

log = structlog.get_logger(__name__)

PATH = "/whatsapp"
_ROUTE = PATH + "/{channel_id}"
# How long to wait for a locked database, in seconds. After that Meta must try again.
_STORE_TIMEOUT = 10.0
# What Meta says that a body may have.
_MAX_BODY_BYTES = 3 * MEGABYTE
_HEADER, _SCHEME = "X-Hub-Signature-256", b"sha256="
_CHANNEL_NOT_SERVED = "this channel is not served at the moment; send it again"
Credentials = Mapping[ChannelId, Mapping[str, str]]


class _UnservedNumberError(Exception):
    """Part of a body is for a number whose channel is not served at the moment."""


def build_cloud_routes(
    credentials: Credentials,
    intake: Intake,
    metrics: Metrics,
    bodies: BodyReader,
    *,
    is_known: Callable[[ChannelId], bool],
) -> list[web.RouteDef]:
    """Build the webhook routes; `credentials` is read at each request, so it may change.

    `is_known` says whether there is such a channel, served or not.
    """
    webhook = _Webhook(credentials, intake, metrics, bodies, is_known)
    return [web.get(_ROUTE, webhook.verify_subscription), web.post(_ROUTE, webhook.receive)]


@dataclass(frozen=True, slots=True)
class _Webhook:
    """Handles Meta's requests."""

    credentials: Credentials
    intake: Intake
    metrics: Metrics
    bodies: BodyReader
    is_known: Callable[[ChannelId], bool]

    async def verify_subscription(self, request: web.Request) -> web.Response:
        """Confirm to Meta that the address is ours; Meta asks when the address is entered there."""
        own = self.credentials.get(ChannelId(request.match_info["channel_id"]), {})
        token = own.get("verify_token", "")
        is_known = token and _is_same_secret(request.query.get("hub.verify_token", ""), token)
        if request.query.get("hub.mode") != "subscribe" or not is_known:
            return _reject(403, "this is not the channel's verify token")
        challenge = request.query.get("hub.challenge", "")
        return web.Response(text=challenge, headers={"X-Content-Type-Options": "nosniff"})

    async def receive(self, request: web.Request) -> web.Response:
        """Store the items of a body."""
        addressed = ChannelId(request.match_info["channel_id"])
        signature = _read_signature(request)
        if signature is None:
            return _reject(401, "the signature is missing")
        if not self.is_known(addressed):
            return _reject(503, _CHANNEL_NOT_SERVED)
        try:
            raw = await self.bodies.read(
                request.content.iter_any(), request.content_length, max_bytes=_MAX_BODY_BYTES
            )
        except BodyRefusedError as error:
            return _reject(error.status, str(error))
        verified = _find_signing_channels(self.credentials, addressed, raw, signature)
        if not verified and addressed in self.credentials:
            return _reject(401, "the signature is wrong")
        if not verified:
            return _reject(503, _CHANNEL_NOT_SERVED)
        try:
            return await self._store(_to_inbound_events(raw, verified, addressed))
        except _UnservedNumberError:
            return _reject(503, _CHANNEL_NOT_SERVED)

    async def _store(self, events: list[InboundEvent]) -> web.Response:
        try:
            # An item that is stored after the timeout comes again, and its id identifies it.
            async with asyncio.timeout(_STORE_TIMEOUT):
                await self.intake.accept(events)
        except (*DATABASE_ERRORS, TimeoutError) as error:
            log.warning("webhook.database_unavailable", error=describe_error(error))
            return _reject(503, "the body could not be stored; send it again")
        for channel_id, many in Counter(each.channel_id for each in events).items():
            self.metrics.count_received(channel_id, many)
        return web.Response()


def _to_inbound_events(
    raw: bytes, verified: Credentials, addressed: ChannelId
) -> list[InboundEvent]:
    """Assign each item to its number's channel; items of unknown numbers go to the addressed one.

    Raise _UnservedNumberError if the addressed channel is not served: Meta then keeps the body.
    """
    by_number = {each["phone_number_id"]: name for name, each in verified.items()}

    def find_channel(number: str | None, account: str | None) -> ChannelId:
        known = by_number.get(number or "")
        if number is None and verified.get(addressed, {}).get("waba_id") != account:
            # An event of another account of the same app: any channel in that account may notify
            # its admins.
            theirs = (name for name, each in verified.items() if each.get("waba_id") == account)
            known = next(theirs, None) if account else None
        if known is None and addressed not in verified:
            raise _UnservedNumberError
        return addressed if known is None else known

    return to_inbound_events(parse_items(raw), find_channel, raw)


def _find_signing_channels(
    credentials: Credentials, addressed: ChannelId, raw: bytes, signature: bytes
) -> Credentials:
    """Return the channels whose app signed this body; if there are none, it is not genuine.

    One app has one address for all its numbers. The addressed channel's app must have signed. If
    that channel is not served, any of our apps may have signed.
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
    """Read the signature as bytes, because compare_digest raises on a text that is not ASCII."""
    given = request.headers.get(_HEADER, "").encode("utf-8", "surrogateescape")
    if not given.startswith(_SCHEME):
        return None
    return given.removeprefix(_SCHEME).lower()


def _is_same_secret(given: str, secret: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), secret.encode())


def _reject(status: int, reason: str) -> web.Response:
    log.warning("webhook.refused", status=status, reason=reason)
    return web.json_response({"error": reason}, status=status)
