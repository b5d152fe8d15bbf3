"""A WAHA server, as it is asked when a channel is set up."""

import asyncio
import secrets
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from bridge.waha.client.client import WahaClient
from bridge.waha.client.errors import RefusedError, UnreachedError, WahaError
from bridge.waha.client.models import Session, link_status
from bridge.waha.identifiers import chat_ids
from bridge.waha.intake.webhook import PATH
from bridge.waha.session.session_config import hook_at, hook_signed_with
from db.tables import LinkStatus
from desk.setup.errors import InvalidCredentialsError, ProviderUnavailableError
from desk.setup.findings import CheckResult, report_error, report_ok, report_warning
from desk.setup.providers import Credentials, HealthCheck, Identity, Webhook

# For all that is asked at once; whoever waits for it is a person.
_PATIENCE = 25.0
_UNAUTHORIZED = {401, 403}
_SERVER, _SESSION, _LINK, _WEBHOOK = "WAHA", "session", "link", "webhook"
_KEY_BYTES = 32
_REFUSED = "WAHA refuses it: it is what WAHA_API_KEY says there"
_CHECK_ADDRESS = "check the address, and the way from this machine to it"


def client_of(credentials: Credentials) -> WahaClient:
    """Make a client of a channel's session; raises KeyError, ValueError."""
    return WahaClient(credentials["url"], credentials["api_key"], credentials["session"])


@dataclass(frozen=True, slots=True)
class WahaProvider:
    """Any WAHA server: each channel's credentials name its own."""

    # The keeper tells WAHA of it, key included.
    webhook: Webhook | None = field(default_factory=lambda: Webhook(PATH))

    def complete(self, credentials: Credentials) -> Credentials:
        """Fill in the session's name, and the key that webhooks are signed with."""
        made = {
            "session": f"osmodesk_{secrets.token_hex(4)}",
            "hmac_key": secrets.token_hex(_KEY_BYTES),
        }
        return {**made, **{name: value for name, value in credentials.items() if value}}

    async def identify(self, credentials: Credentials) -> Identity:
        """Ask whether the server takes the key; raises InvalidCredentialsError, ProviderUnavailableError.

        A number is known by its session: which phone is linked to it may change.
        """
        client = client_of(credentials)
        async with aclosing(_Closing(client)):
            try:
                known = await client.sessions()
            except RefusedError as error:
                if error.status in _UNAUTHORIZED:
                    raise InvalidCredentialsError("credentials.api_key", _REFUSED) from None
                raise ProviderUnavailableError(f"{client.host}: {error}") from None
            except WahaError as error:
                raise ProviderUnavailableError(str(error)) from None
        mine = next((each for each in known if each.name == client.session), None)
        name = mine.me.push_name if mine and mine.me else None
        phone = _phone(mine)
        title = name or phone or f"WhatsApp {client.session}"
        return Identity(f"{client.session}@{client.host}", title[:120], phone)

    async def check_health(
        self, credentials: Credentials, groups: Sequence[str], webhook: str | None = None
    ) -> HealthCheck:
        """Ask about the server, the key, the session, its link to a phone, its webhook."""
        _ = groups  # the Telegram bot's, which serves them
        client = client_of(credentials)
        async with aclosing(_Closing(client)):
            try:
                async with asyncio.timeout(_PATIENCE):
                    return HealthCheck(tuple(await _examined(client, credentials, webhook)))
            except TimeoutError:
                text = f"{client.host} did not answer everything within {_PATIENCE:.0f} s"
                return HealthCheck((report_error(_SERVER, text, "try again in a while"),))


@dataclass(frozen=True, slots=True)
class _Closing:
    client: WahaClient

    async def aclose(self) -> None:
        await self.client.close()


async def _examined(
    client: WahaClient, credentials: Credentials, webhook: str | None
) -> list[CheckResult]:
    try:
        session = await client.here()
    except UnreachedError as error:
        return [report_error(_SERVER, str(error), _CHECK_ADDRESS)]
    except RefusedError as error:
        if error.status in _UNAUTHORIZED:
            return [report_error(_SERVER, f"{client.host} refuses the key", _REFUSED)]
        return [report_error(_SERVER, f"{client.host}: {error}", "look into WAHA's log")]
    except WahaError as error:
        return [report_error(_SERVER, str(error), _CHECK_ADDRESS)]
    found = [report_ok(_SERVER, f"{client.host} answers, and takes the key")]
    if session is None:
        text = f"there is no session {client.session} yet"
        found.append(
            report_warning(_SESSION, text, "the desk makes it within seconds once it serves this")
        )
        return found
    found.append(_link(session))
    found.append(_hook(session, credentials, webhook))
    return found


def _link(session: Session) -> CheckResult:
    status = link_status(session.status)
    if status is LinkStatus.WORKING:
        return report_ok(_LINK, f"{session.name} is linked to {_phone(session) or 'a phone'}")
    text = f"{session.name} is {session.status}"
    match status:
        case LinkStatus.SCAN_QR_CODE | LinkStatus.STARTING:
            return report_warning(
                _LINK, text, "scan the code: /qr in the staff group, or link/qr in the API"
            )
        case LinkStatus.STOPPED:
            return report_error(_LINK, text, "start it: POST /channels/{id}/link/start")
        case LinkStatus.PASSKEY_REQUIRED | LinkStatus.PASSKEY_CONFIRMATION:
            return report_error(_LINK, text, "confirm the link on the phone")
    return report_error(_LINK, text, "restart it: POST /channels/{id}/link/restart, or /qr")


def _hook(session: Session, credentials: Credentials, webhook: str | None) -> CheckResult:
    wanted = credentials.get("hmac_key", "")
    if webhook is None:
        # One on this machine is told an address that is good here: scripts/connections/connection_tasks.py.
        near = hook_signed_with(session.config or {}, wanted)
        if near is not None:
            return report_ok(_WEBHOOK, f"WAHA calls {near.url}")
        remedy = "set PUBLIC_URL to an address at which WAHA reaches this desk"
        return report_error(_WEBHOOK, "WAHA has no way to call us", remedy)
    there = hook_at(session.config or {}, webhook)
    if there is None:
        return report_warning(
            _WEBHOOK, f"WAHA does not call {webhook}", "the desk sets it when it starts"
        )
    if there.key and there.key != wanted:
        remedy = "the desk sets it when it starts; nothing is taken until then"
        return report_error(_WEBHOOK, "WAHA signs with another key", remedy)
    return report_ok(_WEBHOOK, f"WAHA calls {webhook}")


def _phone(session: Session | None) -> str | None:
    me = session.me if session else None
    chat = chat_ids.person(me.id) if me else None
    return chat_ids.phone(chat) if chat else None
