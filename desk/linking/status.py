"""Store the link status of a number, and tell administrators what changed."""

from dataclasses import replace

from db.queries.channels import channels, whatsapp_sessions
from db.tables import WhatsAppSession
from desk.channels import ServedChannel
from desk.events import ChannelLinkChanged
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
    """Store the status of a link; a report that is older than the stored status changes nothing."""
    row = await whatsapp_sessions.lock_link(uow.tx, channel.id)
    if is_stale_report(row, report):
        return
    notice = choose_notice(row, report)
    if notice in _ERRORS and report.is_event:
        return  # each event wakes the supervisor, which asks the provider before it alarms anybody
    if report.is_event:
        report = replace(report, at=uow.now)  # from here on, only our clock counts
    if notice is LinkNotice.LOST and await _was_requested(uow, channel):
        notice = None
    if apply_report(row, report):
        uow.events.add(ChannelLinkChanged(channel.id, report.status))
    if notice in _ERRORS:
        row.error = uow.text_for_staff(_ERRORS[notice])
    qr_message.refresh_codes(uow, channel, row)
    if notice is not None:
        _notify_change(uow, channel, row, notice)
    await uow.tx.flush()


async def _was_requested(uow: UnitOfWork, channel: ServedChannel) -> bool:
    # This process may have an older copy of the channel.
    kept = await channels.find_channel(uow.tx, channel.id)
    return kept is not None and was_requested(kept.settings, uow.now)


async def report_unreachable(uow: UnitOfWork, channel: ServedChannel, reason: str) -> None:
    """Record that the provider cannot be asked for the link status; tell administrators once."""
    row = await whatsapp_sessions.lock_link(uow.tx, channel.id)
    if row.error != (reason := reason[:500]):
        row.error = reason
        notify_admins(
            uow,
            channel,
            uow.text_for_staff("link.unreachable", channel=channel.name, reason=reason),
        )
    await uow.tx.flush()


async def report_reachable(uow: UnitOfWork, channel: ServedChannel) -> None:
    """Record that the provider answers again, unless the status report has said so already."""
    row = await whatsapp_sessions.lock_link(uow.tx, channel.id)
    if row.error is not None:
        row.error = None
        notify_admins(uow, channel, uow.text_for_staff("link.recovered", channel=channel.name))
    await uow.tx.flush()


def _notify_change(
    uow: UnitOfWork, channel: ServedChannel, row: WhatsAppSession, notice: LinkNotice
) -> None:
    """Notify the staff group of a change, in its General topic."""
    match notice:
        case LinkNotice.LINKED:
            phone = row.phone or row.push_name or "?"
            text = uow.text_for_staff("link.linked", channel=channel.name, phone=phone)
        case LinkNotice.LOST:
            text = uow.text_for_staff("link.lost", channel=channel.name)
        case LinkNotice.FAILED:
            text = uow.text_for_staff("link.failed", channel=channel.name)
        case LinkNotice.NOT_SCANNED:
            return  # it is said in the places where a code was shown
    notify_admins(uow, channel, text)


def notify_admins(uow: UnitOfWork, channel: ServedChannel, text: str) -> None:
    """Send a text to the administrators of a channel."""
    for group in channel.staff_groups[:1]:
        uow.enqueue_for_chat(channel.staff_channel_id, group, text, group=True)
