"""Show the link of a number to its phone, and send commands to it."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from api.access.caller import Caller
from api.channels.serializers import load_channel
from api.errors.problems import NotFound
from api.linking.models import LinkOut, PairingCode, PairingPhone, QrCodeOut
from api.routing.route import DependencyGroup
from api.routing.transactions import Transactions
from api.schemas.language import say
from db.ids import ChannelId
from db.queries.channels import whatsapp_sessions
from db.tables import Channel, LinkStatus, WhatsAppSession
from desk.accounts.encryption import Encryptor
from desk.actors import Actor
from desk.audit import add_entry
from desk.linking.ports import LinkCommand, Linker, Linkers
from desk.linking.qr import draw_qr
from desk.linking.states import LOGGED_OUT_AT, STOPPED_BY_ADMIN, get_current_code
from desk.setup import channels
from desk.setup.channels import ChannelChangeNotifier
from desk.setup.errors import SetupError
from desk.setup.providers import Credentials
from desk.unit_of_work import UnitOfWork

# Whoever has the code can link their own phone: no cache may keep it.
_MEDIA_TYPES = {"image/png", "image/*", "text/plain", "application/json", "*/*"}
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Vary": "Accept"}


@dataclass(frozen=True, slots=True)
class LinkDependencies(DependencyGroup):
    """What every route needs that sends a command to a number's session."""

    transactions: Transactions
    caller: Caller
    linkers: Linkers
    encryptor: Encryptor
    notifier: ChannelChangeNotifier


async def show_link(uow: UnitOfWork, channel_id: ChannelId, linkers: Linkers) -> LinkOut:
    """Show the last known status of a number's link."""
    channel = await _load_linked_channel(uow, channel_id, linkers)
    return _to_schema(uow, channel, await whatsapp_sessions.find_link(uow.tx, channel_id))


async def show_qr_code(
    request: web.Request, uow: UnitOfWork, channel_id: ChannelId, linkers: Linkers
) -> web.StreamResponse:
    """Show the current QR code, as PNG, or as text or JSON by the `Accept` header.

    The code changes about every 20 seconds. Ask again until there is none, or `status` is WORKING.
    """
    await _load_linked_channel(uow, channel_id, linkers)
    row = await whatsapp_sessions.find_link(uow.tx, channel_id)
    code = get_current_code(row, uow.now)
    if row is None or code is None:
        raise NotFound("there is no QR code to scan now: see the status of the link")
    match _choose_media_type(request.headers.get("Accept", "")):
        case "text/plain":
            return web.Response(text=code, headers=_HEADERS)
        case "application/json" as kind:
            schema = QrCodeOut(value=code, since=row.qr_at or row.changed_at)
            body = schema.model_dump_json().encode()
            return web.Response(body=body, content_type=kind, headers=_HEADERS)
    return web.Response(body=draw_qr(code), content_type="image/png", headers=_HEADERS)


def _choose_media_type(accept: str) -> str:
    """Choose the first supported media type: libraries list their preferred type first."""
    named = (each.partition(";")[0].strip().lower() for each in accept.split(","))
    return next((each for each in named if each in _MEDIA_TYPES), "")


async def start(channel_id: ChannelId, link: LinkDependencies) -> LinkOut:
    """Start a number's session, and keep it running from now on."""
    return await _run_command(channel_id, link, "start")


async def stop(channel_id: ChannelId, link: LinkDependencies) -> LinkOut:
    """Stop a number's session until an administrator starts it here; the phone stays linked."""
    return await _run_command(channel_id, link, "stop")


async def restart(channel_id: ChannelId, link: LinkDependencies) -> LinkOut:
    """Stop and start a number's session; if it is not linked, it gets new QR codes."""
    return await _run_command(channel_id, link, "restart")


async def logout(channel_id: ChannelId, link: LinkDependencies) -> LinkOut:
    """Unlink a number from its phone; conversations stay, and continue when a phone is linked."""
    return await _run_command(channel_id, link, "logout")


async def request_pairing_code(
    channel_id: ChannelId, body: PairingPhone, link: LinkDependencies
) -> PairingCode:
    """Request a code to type on the phone, for phones whose camera cannot scan the QR code."""
    linker, credentials = await link.transactions.run(
        lambda uow: _open_linker(uow, channel_id, link.linkers, link.encryptor)
    )
    code = await linker.request_code(credentials, body.phone.removeprefix("+"))

    async def audit(uow: UnitOfWork) -> None:
        add_entry(uow, link.caller.actor, "link_code_requested", f"channel:{channel_id}")

    await link.transactions.run(audit)
    return PairingCode(code=code)


async def _run_command(channel_id: ChannelId, link: LinkDependencies, verb: LinkCommand) -> LinkOut:
    return await run_link_command(
        link.transactions,
        channel_id,
        link.linkers,
        link.encryptor,
        link.notifier,
        verb,
        by=link.caller.actor,
    )


async def run_link_command(
    transactions: Transactions,
    channel_id: ChannelId,
    linkers: Linkers,
    encryptor: Encryptor,
    notifier: ChannelChangeNotifier,
    verb: LinkCommand,
    *,
    by: Actor,
) -> LinkOut:
    """Send a command; the wanted state is saved first, so that no supervisor undoes the command."""
    linker, credentials = await transactions.run(
        lambda uow: _open_linker(uow, channel_id, linkers, encryptor)
    )
    before = await transactions.run(lambda uow: _save_wanted_state(uow, channel_id, verb))
    try:
        await linker.send_command(credentials, verb)
    except SetupError:
        await transactions.run(lambda uow: _restore_wanted_state(uow, channel_id, before))
        raise

    async def load_link(uow: UnitOfWork) -> LinkOut:
        add_entry(uow, by, f"link_{verb}", f"channel:{channel_id}")
        channel = await load_channel(uow, channel_id)
        return _to_schema(uow, channel, await whatsapp_sessions.find_link(uow.tx, channel_id))

    schema = await transactions.run(load_link)
    notifier.notify()
    return schema


async def _save_wanted_state(
    uow: UnitOfWork, channel_id: ChannelId, verb: LinkCommand
) -> dict[str, Any]:
    """Save the state that the session supervisor must keep; return the settings before."""
    channel = await channels.lock_channel(uow, channel_id)
    before = channel.settings
    changes: dict[str, Any] = {STOPPED_BY_ADMIN: verb == "stop"}
    if verb == "logout":
        changes = {LOGGED_OUT_AT: uow.now.isoformat()}
    channel.settings = {**before, **changes}
    return before


async def _restore_wanted_state(
    uow: UnitOfWork, channel_id: ChannelId, before: dict[str, Any]
) -> None:
    """Restore the wanted state after a command that could not be sent."""
    channel = await channels.lock_channel(uow, channel_id)
    ours = (STOPPED_BY_ADMIN, LOGGED_OUT_AT)
    others = {name: value for name, value in channel.settings.items() if name not in ours}
    channel.settings = {**others, **{name: before[name] for name in ours if name in before}}


async def _open_linker(
    uow: UnitOfWork, channel_id: ChannelId, linkers: Linkers, encryptor: Encryptor
) -> tuple[Linker, Credentials]:
    channel = await load_channel(uow, channel_id)
    return linkers[channel.kind], channels.decrypt_credentials(channel, encryptor)


async def _load_linked_channel(uow: UnitOfWork, channel_id: ChannelId, linkers: Linkers) -> Channel:
    """Load a channel; raises NotPossibleError when its kind has no link."""
    channel = await load_channel(uow, channel_id)
    _ = linkers[channel.kind]
    return channel


def _is_stopped(channel: Channel) -> bool:
    return bool(channel.settings.get(STOPPED_BY_ADMIN))


def _to_schema(uow: UnitOfWork, channel: Channel, row: WhatsAppSession | None) -> LinkOut:
    return LinkOut(
        status=row.status if row else LinkStatus.STOPPED,
        phone=(row.phone or None) if row else None,
        name=row.push_name if row else None,
        error=say(row.error) if row and row.error else None,
        has_code=get_current_code(row, uow.now) is not None,
        stopped_by_admin=_is_stopped(channel),
        since=row.changed_at if row else None,
    )
