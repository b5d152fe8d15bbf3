"""Notes how a number's link stands, and tells admins what is new about it."""

from dataclasses import replace

from db.queries.channels import channels, whatsapp_sessions
from db.tables import WhatsAppSession
from desk.channels import ServedChannel
from desk.linking import qr_message
from desk.linking.states import News, Seen, apply, is_stale, news_of, was_asked_for
from desk.unit_of_work import Desk

_ERRORS = {News.LOST: "link.lost_error", News.FAILED: "link.failed_error"}


async def note(desk: Desk, channel: ServedChannel, seen: Seen) -> None:
    """Keep how a link stands; what is older than what is known changes nothing."""
    row = await whatsapp_sessions.lock_link(desk.tx, channel.id)
    if is_stale(row, seen):
        return
    if seen.is_event:
        seen = replace(seen, at=desk.now)  # from here on one clock
    news = news_of(row, seen)
    if news is News.LOST and await _was_asked_for(desk, channel):
        news = None
    if apply(row, seen):
        desk.events.channel_link(channel.id, seen.status)
    if news in _ERRORS:
        row.error = desk.for_staff(_ERRORS[news])
    qr_message.refresh(desk, channel, row)
    if news is not None:
        _tell(desk, channel, row, news)
    await desk.tx.flush()


async def _was_asked_for(desk: Desk, channel: ServedChannel) -> bool:
    # What this process knows of the channel may be older.
    kept = await channels.find_channel(desk.tx, channel.id)
    return kept is not None and was_asked_for(kept.settings, desk.now)


async def note_trouble(desk: Desk, channel: ServedChannel, reason: str) -> None:
    """Note that the provider cannot be asked how a link stands; admins are told once."""
    row = await whatsapp_sessions.lock_link(desk.tx, channel.id)
    if row.error != (reason := reason[:500]):
        row.error = reason
        general(desk, channel, desk.for_staff("link.trouble", channel=channel.name, reason=reason))
    await desk.tx.flush()


async def note_mended(desk: Desk, channel: ServedChannel) -> None:
    """Note that the provider answers again, unless that was told with how the link stands."""
    row = await whatsapp_sessions.lock_link(desk.tx, channel.id)
    if row.error is not None:
        row.error = None
        general(desk, channel, desk.for_staff("link.mended", channel=channel.name))
    await desk.tx.flush()


def _tell(desk: Desk, channel: ServedChannel, row: WhatsAppSession, news: News) -> None:
    """Say in the staff group's General topic what is new."""
    match news:
        case News.LINKED:
            phone = row.phone or row.push_name or "?"
            text = desk.for_staff("link.linked", channel=channel.name, phone=phone)
        case News.LOST:
            text = desk.for_staff("link.lost", channel=channel.name)
        case News.FAILED:
            text = desk.for_staff("link.failed", channel=channel.name)
        case News.NOT_SCANNED:
            return  # where a code was shown, it is said there
    general(desk, channel, text)


def general(desk: Desk, channel: ServedChannel, text: str) -> None:
    """Say something to the admins of a channel."""
    for group in channel.staff_groups[:1]:
        desk.tell_chat(channel.staff_channel_id, group, text, group=True)
