"""Identify and check WAHA servers when a channel is set up."""

import asyncio
import secrets
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from bridge.waha.client.client import WahaClient
from bridge.waha.client.errors import WahaError, WahaRefusedError, WahaUnreachableError
from bridge.waha.client.models import Session, to_link_status
from bridge.waha.identifiers import chat_ids
from bridge.waha.intake.webhook import PATH
from bridge.waha.session.session_config import find_webhook_by_key, find_webhook_by_url
from db.tables import LinkStatus
from desk.setup.errors import InvalidCredentialsError, ProviderUnavailableError
from desk.setup.findings import CheckResult, report_error, report_ok, report_warning
from desk.setup.providers import Credentials, HealthCheck, Identity, Webhook

# For all calls together, because a person waits for the result.
_TIMEOUT_SECONDS = 25.0
_UNAUTHORIZED = {401, 403}
_SERVER, _SESSION, _LINK, _WEBHOOK = "WAHA", "session", "link", "webhook"
_KEY_BYTES = 32
_KEY_REFUSED = "WAHA refuses the key: use the value of WAHA_API_KEY on its server"
_CHECK_ADDRESS = "check the address, and the network from this machine to it"


def create_client(credentials: Credentials) -> WahaClient:
    """Create a client of a channel's session; raise KeyError, ValueError."""
    return WahaClient(credentials["url"], credentials["api_key"], credentials["session"])


@dataclass(frozen=True, slots=True)
class WahaProvider:
    """Sets up channels on any WAHA server: each channel's credentials name its own."""

    # The session supervisor configures it at WAHA, including the key.
    webhook: Webhook | None = field(default_factory=lambda: Webhook(PATH))

    def complete(self, credentials: Credentials) -> Credentials:
        """Add the session's name and the webhook key if they are missing."""
        made = {
            "session": f"osmodesk_{secrets.token_hex(4)}",
            "hmac_key": secrets.token_hex(_KEY_BYTES),
        }
        return {**made, **{name: value for name, value in credentials.items() if value}}

    async def identify(self, credentials: Credentials) -> Identity:
        """Check that the server accepts the key.

        Raise InvalidCredentialsError or ProviderUnavailableError.

        A number is identified by its session, because the linked phone may change.
        """
        client = create_client(credentials)
        async with aclosing(_ClosingClient(client)):
            try:
                known = await client.list_sessions()
            except WahaRefusedError as error:
                if error.status in _UNAUTHORIZED:
                    raise InvalidCredentialsError("credentials.api_key", _KEY_REFUSED) from None
                raise ProviderUnavailableError(f"{client.host}: {error}") from None
            except WahaError as error:
                raise ProviderUnavailableError(str(error)) from None
        mine = next((each for each in known if each.name == client.session), None)
        name = mine.me.push_name if mine and mine.me else None
        phone = _find_phone(mine)
        title = name or phone or f"WhatsApp {client.session}"
        return Identity(f"{client.session}@{client.host}", title[:120], phone)

    async def disconnect(self, credentials: Credentials) -> None:
        """Delete the session at the server, which unlinks the phone."""
        client = create_client(credentials)
        async with aclosing(_ClosingClient(client)):
            try:
                await client.delete_session()
            except WahaError as error:
                raise ProviderUnavailableError(f"{client.host}: {error}") from None

    async def check_health(
        self, credentials: Credentials, groups: Sequence[str], webhook: str | None = None
    ) -> HealthCheck:
        """Check the server, the key, the session, its link to a phone and its webhook."""
        _ = groups  # the Telegram bot serves the groups
        client = create_client(credentials)
        async with aclosing(_ClosingClient(client)):
            try:
                async with asyncio.timeout(_TIMEOUT_SECONDS):
                    return HealthCheck(tuple(await _check_health(client, credentials, webhook)))
            except TimeoutError:
                text = f"{client.host} did not answer everything within {_TIMEOUT_SECONDS:.0f} s"
                return HealthCheck((report_error(_SERVER, text, "try again later"),))


@dataclass(frozen=True, slots=True)
class _ClosingClient:
    client: WahaClient

    async def aclose(self) -> None:
        await self.client.close()


async def _check_health(
    client: WahaClient, credentials: Credentials, webhook: str | None
) -> list[CheckResult]:
    try:
        session = await client.get_session()
    except WahaUnreachableError as error:
        return [report_error(_SERVER, str(error), _CHECK_ADDRESS)]
    except WahaRefusedError as error:
        if error.status in _UNAUTHORIZED:
            return [report_error(_SERVER, f"{client.host} refuses the key", _KEY_REFUSED)]
        return [report_error(_SERVER, f"{client.host}: {error}", "check WAHA's log")]
    except WahaError as error:
        return [report_error(_SERVER, str(error), _CHECK_ADDRESS)]
    found = [report_ok(_SERVER, f"{client.host} responds, and accepts the key")]
    if session is None:
        text = f"there is no session {client.session} yet"
        found.append(
            report_warning(
                _SESSION, text, "the desk creates it within seconds once it serves the channel"
            )
        )
        return found
    found.append(_check_link(session))
    found.append(_check_webhook(session, credentials, webhook))
    return found


def _check_link(session: Session) -> CheckResult:
    status = to_link_status(session.status)
    if status is LinkStatus.WORKING:
        return report_ok(_LINK, f"{session.name} is linked to {_find_phone(session) or 'a phone'}")
    text = f"{session.name} has the status {session.status}"
    match status:
        case LinkStatus.SCAN_QR_CODE | LinkStatus.STARTING:
            return report_warning(
                _LINK, text, "scan the code: /qr in the staff group, or osmodesk channels qr NAME"
            )
        case LinkStatus.STOPPED:
            return report_error(_LINK, text, "start it: POST /channels/{id}/link/start")
        case LinkStatus.PASSKEY_REQUIRED | LinkStatus.PASSKEY_CONFIRMATION:
            return report_error(_LINK, text, "confirm the link on the phone")
    return report_error(
        _LINK, text, "restart it: /qr in the staff group, or osmodesk channels qr NAME --renew"
    )


def _check_webhook(session: Session, credentials: Credentials, webhook: str | None) -> CheckResult:
    wanted = credentials.get("hmac_key", "")
    if webhook is None:
        # A WAHA server on this machine calls us by a local address
        # (ChannelServices.find_base_url).
        local = find_webhook_by_key(session.config or {}, wanted)
        if local is not None:
            return report_ok(_WEBHOOK, f"WAHA calls {local.url}")
        remedy = "set PUBLIC_URL to an address at which WAHA reaches this desk"
        return report_error(_WEBHOOK, "WAHA cannot call this desk", remedy)
    current = find_webhook_by_url(session.config or {}, webhook)
    if current is None:
        return report_warning(
            _WEBHOOK, f"WAHA does not call {webhook}", "the desk sets it when it starts"
        )
    if current.key and current.key != wanted:
        remedy = "the desk sets the key when it starts; until then it rejects WAHA's events"
        return report_error(_WEBHOOK, "WAHA signs with another key", remedy)
    return report_ok(_WEBHOOK, f"WAHA calls {webhook}")


def _find_phone(session: Session | None) -> str | None:
    me = session.me if session else None
    chat = chat_ids.normalize_person_chat(me.id) if me else None
    return chat_ids.to_phone(chat) if chat else None
