"""Notes how a number's link stands, and tells admins what is new about it."""

from dataclasses import replace

from db.queries.channels import channels, whatsapp_sessions
from db.tables import WhatsAppSession
from desk.channels import ServedChannel
from desk.linking import qr_message
from desk.linking.states import (
    LinkNotice,
    LinkReport,
    apply_report,
    choose_notice,
    is_stale_report,
    was_requested,
)
from desk.unit_of_work import UnitOfWork

_ERRORS = {LinkNotice.LOST: "link.lost_error", LinkNotice.FAILED: "link.failed_error"}


async def update_status(uow: UnitOfWork, channel: ServedChannel, report: LinkReport) -> None:
    """Keep how a link stands; what is older than what is known changes nothing."""
    row = await whatsapp_sessions.lock_link(uow.tx, channel.id)
    if is_stale_report(row, report):
        return
    if report.is_event:
        report = replace(report, at=uow.now)  # from here on one clock
    notice = choose_notice(row, report)
    if notice is LinkNotice.LOST and await _was_requested(uow, channel):
        notice = None
    if apply_report(row, report):
        uow.events.add_channel_link(channel.id, report.status)
    if notice in _ERRORS:
        row.error = uow.text_for_staff(_ERRORS[notice])
    qr_message.refresh_codes(uow, channel, row)
    if notice is not None:
        _notify_change(uow, channel, row, notice)
    await uow.tx.flush()


async def _was_requested(uow: UnitOfWork, channel: ServedChannel) -> bool:
    # What this process knows of the channel may be older.
    kept = await channels.find_channel(uow.tx, channel.id)
    return kept is not None and was_requested(kept.settings, uow.now)


async def report_unreachable(uow: UnitOfWork, channel: ServedChannel, reason: str) -> None:
    """Note that the provider cannot be asked how a link stands; admins are told once."""
    row = await whatsapp_sessions.lock_link(uow.tx, channel.id)
    if row.error != (reason := reason[:500]):
        row.error = reason
        notify_admins(
            uow, channel, uow.text_for_staff("link.trouble", channel=channel.name, reason=reason)
        )
    await uow.tx.flush()


async def report_reachable(uow: UnitOfWork, channel: ServedChannel) -> None:
    """Note that the provider answers again, unless that was told with how the link stands."""
    row = await whatsapp_sessions.lock_link(uow.tx, channel.id)
    if row.error is not None:
        row.error = None
        notify_admins(uow, channel, uow.text_for_staff("link.mended", channel=channel.name))
    await uow.tx.flush()


def _notify_change(
    uow: UnitOfWork, channel: ServedChannel, row: WhatsAppSession, notice: LinkNotice
) -> None:
    """Say in the staff group's General topic what is new."""
    match notice:
        case LinkNotice.LINKED:
            phone = row.phone or row.push_name or "?"
            text = uow.text_for_staff("link.linked", channel=channel.name, phone=phone)
        case LinkNotice.LOST:
            text = uow.text_for_staff("link.lost", channel=channel.name)
        case LinkNotice.FAILED:
            text = uow.text_for_staff("link.failed", channel=channel.name)
        case LinkNotice.NOT_SCANNED:
            return  # where a code was shown, it is said there
    notify_admins(uow, channel, text)


def notify_admins(uow: UnitOfWork, channel: ServedChannel, text: str) -> None:
    """Say something to the admins of a channel."""
    for group in channel.staff_groups[:1]:
        uow.enqueue_for_chat(channel.staff_channel_id, group, text, group=True)
