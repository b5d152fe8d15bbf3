"""Notes how a number's link stands, and tells admins what is new about it."""

from dataclasses import replace

from db.queries.channels import channels, whatsapp_sessions
from db.tables import WhatsAppSession
from desk.channels import ServedChannel
from desk.linking import qr_message
from desk.linking.states import News, Seen, apply, is_stale, news_of, was_asked_for
from desk.unit_of_work import UnitOfWork

_ERRORS = {News.LOST: "link.lost_error", News.FAILED: "link.failed_error"}


async def note(uow: UnitOfWork, channel: ServedChannel, seen: Seen) -> None:
    """Keep how a link stands; what is older than what is known changes nothing."""
    row = await whatsapp_sessions.lock_link(uow.tx, channel.id)
    if is_stale(row, seen):
        return
    if seen.is_event:
        seen = replace(seen, at=uow.now)  # from here on one clock
    news = news_of(row, seen)
    if news is News.LOST and await _was_asked_for(uow, channel):
        news = None
    if apply(row, seen):
        uow.events.add_channel_link(channel.id, seen.status)
    if news in _ERRORS:
        row.error = uow.text_for_staff(_ERRORS[news])
    qr_message.refresh(uow, channel, row)
    if news is not None:
        _tell(uow, channel, row, news)
    await uow.tx.flush()


async def _was_asked_for(uow: UnitOfWork, channel: ServedChannel) -> bool:
    # What this process knows of the channel may be older.
    kept = await channels.find_channel(uow.tx, channel.id)
    return kept is not None and was_asked_for(kept.settings, uow.now)


async def note_trouble(uow: UnitOfWork, channel: ServedChannel, reason: str) -> None:
    """Note that the provider cannot be asked how a link stands; admins are told once."""
    row = await whatsapp_sessions.lock_link(uow.tx, channel.id)
    if row.error != (reason := reason[:500]):
        row.error = reason
        general(
            uow, channel, uow.text_for_staff("link.trouble", channel=channel.name, reason=reason)
        )
    await uow.tx.flush()


async def note_mended(uow: UnitOfWork, channel: ServedChannel) -> None:
    """Note that the provider answers again, unless that was told with how the link stands."""
    row = await whatsapp_sessions.lock_link(uow.tx, channel.id)
    if row.error is not None:
        row.error = None
        general(uow, channel, uow.text_for_staff("link.mended", channel=channel.name))
    await uow.tx.flush()


def _tell(uow: UnitOfWork, channel: ServedChannel, row: WhatsAppSession, news: News) -> None:
    """Say in the staff group's General topic what is new."""
    match news:
        case News.LINKED:
            phone = row.phone or row.push_name or "?"
            text = uow.text_for_staff("link.linked", channel=channel.name, phone=phone)
        case News.LOST:
            text = uow.text_for_staff("link.lost", channel=channel.name)
        case News.FAILED:
            text = uow.text_for_staff("link.failed", channel=channel.name)
        case News.NOT_SCANNED:
            return  # where a code was shown, it is said there
    general(uow, channel, text)


def general(uow: UnitOfWork, channel: ServedChannel, text: str) -> None:
    """Say something to the admins of a channel."""
    for group in channel.staff_groups[:1]:
        uow.enqueue_for_chat(channel.staff_channel_id, group, text, group=True)
