"""Add, list and check channels, and show the code that links a number to its phone."""

import asyncio
from collections.abc import Callable
from typing import Any

from api.channels.creation import add_channel
from api.channels.health_check import check_channel
from api.channels.models import ChannelHealthOut, ChannelOut, CheckResultOut, NewChannel
from api.channels.serializers import to_schema
from api.linking.link import run_link_command
from db.ids import ChannelId
from db.queries.channels import channels as queries
from db.queries.channels import whatsapp_sessions
from db.tables import LinkStatus, WhatsAppSession
from desk.actors import CONSOLE
from desk.linking.qr import draw_qr_as_text
from desk.linking.states import get_current_code
from desk.setup.errors import InvalidValueError
from desk.setup.findings import CheckResult, Severity
from desk.unit_of_work import UnitOfWork
from scripts.administration.desk_access import DeskAccess
from scripts.upkeep.errors import UpkeepError

_SEVERITIES = {"good": Severity.OK, "warn": Severity.WARN, "bad": Severity.ERROR}
_LOOK_AGAIN_SECONDS = 1.0


async def add(desk: DeskAccess, body: NewChannel) -> ChannelOut:
    """Create a channel if its provider accepts the credentials; raise SetupError or UpkeepError."""
    try:
        return await add_channel(
            desk.transactions,
            body,
            desk.providers,
            desk.encryptor,
            desk.notifier,
            desk.own,
            desk.public,
            by=CONSOLE,
        )
    except InvalidValueError as error:
        raise UpkeepError(f"{error.field}: {error}") from None


async def list_channels(desk: DeskAccess) -> list[ChannelOut]:
    """List all channels that are not deleted, the oldest first."""

    async def work(uow: UnitOfWork) -> list[ChannelOut]:
        rows = [row for row in await queries.list_all(uow.tx) if row.deleted_at is None]
        return [await to_schema(uow, row, desk.own, desk.providers, desk.public) for row in rows]

    return await desk.transactions.run(work)


async def find(desk: DeskAccess, named: str) -> ChannelOut:
    """Find a channel by its id or its name; raise UpkeepError unless there is exactly one."""
    listed = await list_channels(desk)
    found = [each for each in listed if named in {each.id, each.name}]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(each.id for each in found)
        raise UpkeepError(f"{len(found)} channels have the name {named}: use an id ({ids})")
    raise UpkeepError(f"there is no channel {named}: osmodesk channels list shows all")


async def check(desk: DeskAccess, named: str) -> ChannelHealthOut:
    """Check a channel at its provider, and its staff groups."""
    channel_id = ChannelId((await find(desk, named)).id)
    return await check_channel(
        desk.transactions, channel_id, desk.providers, desk.encryptor, desk.public
    )


def to_finding(result: CheckResultOut) -> CheckResult:
    """Return a stored check result in the words of the doctor."""
    return CheckResult(_SEVERITIES[result.mark], result.subject, result.text, result.remedy or "")


async def show_codes(
    desk: DeskAccess, named: str, *, renew: bool, seconds: float, say: Callable[[str], None]
) -> None:
    """Show each new QR code until the phone is linked; raise UpkeepError when the time is over.

    The running desk fetches the codes. With `renew` its session is restarted first.
    """
    channel = await find(desk, named)
    channel_id = ChannelId(channel.id)
    _ = desk.linkers[channel.kind]  # Raises NotPossibleError for channels without a link.
    if renew:
        await run_link_command(
            desk.transactions,
            channel_id,
            desk.linkers,
            desk.encryptor,
            desk.notifier,
            "restart",
            by=CONSOLE,
        )
    shown = ""
    try:
        async with asyncio.timeout(seconds):
            while (news := await desk.transactions.run(lambda uow: _read(uow, channel_id))) != "":
                if news is not None and news != shown:
                    say(draw_qr_as_text(news).rstrip("\n"))
                    say("Scan it: WhatsApp, Linked devices.")
                    shown = news
                await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    except TimeoutError:
        what = "nobody scanned the code" if shown else "there was no code to scan"
        raise UpkeepError(
            f"{what} in {seconds:.0f} seconds; is the desk running? "
            "A session that gave up is started again with --renew"
        ) from None
    say(f"{channel.name} is linked.")


async def _read(uow: UnitOfWork, channel_id: ChannelId) -> str | None:
    """Return the code to scan now, None if there is none, or "" if the phone is linked."""
    row: WhatsAppSession | None = await whatsapp_sessions.find_link(uow.tx, channel_id)
    if row is not None and row.status is LinkStatus.WORKING:
        return ""
    return get_current_code(row, uow.now)


def describe(channel: ChannelOut, say: Callable[[str], None]) -> None:
    """Print what to enter at the provider; the token is shown only once."""
    say(f"{channel.name} is added, with the id {channel.id}. The desk serves it in seconds.")
    webhook = channel.webhook
    if webhook is None:
        return
    if webhook.url:
        say(f"webhook address: {webhook.url}")
    else:
        say(f"webhook address: set PUBLIC_URL first, then {webhook.path}")
    if webhook.verify_token is not None:
        say(f"verify token (shown only now): {webhook.verify_token}")


def to_row(channel: ChannelOut) -> dict[str, Any]:
    """Return what the list shows of a channel."""
    checks = [*channel.last_check, *(g.last_check for g in channel.staff_groups if g.last_check)]
    worst = max((_SEVERITIES[each.mark] for each in checks), default=None)
    return {
        "ID": channel.id,
        "Name": channel.name,
        "Kind": channel.kind.value,
        "On": "✓" if channel.is_active else "-",
        "Staff groups": ", ".join(each.id for each in channel.staff_groups) or "-",
        "Check": worst.symbol if worst is not None else "-",
    }
