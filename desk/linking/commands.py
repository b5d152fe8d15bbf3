"""`/qr`: show the QR codes of a staff group's numbers to an administrator, where they ask."""

from db.queries.channels import whatsapp_sessions
from db.tables import LinkStatus, WhatsAppSession
from desk.accounts.staff import find_bound_agent
from desk.channels import ServedChannel
from desk.linking import qr_message
from desk.linking.states import STOPPED_BY_ADMIN
from desk.unit_of_work import UnitOfWork


def list_numbers(uow: UnitOfWork, group: str) -> list[ServedChannel]:
    """List the channels of a staff group that are linked by QR code, by name."""
    found = (each for each in uow.channels if each.traits.is_linked and group in each.staff_groups)
    return sorted(found, key=lambda each: (each.name, each.id))


async def show_codes(
    uow: UnitOfWork, channel: ServedChannel, group: str, topic: str | None, telegram_id: str | None
) -> None:
    """Show the QR codes that are to be scanned, or say why there is none.

    `telegram_id` is the person who asks; None if they hide it. `channel` is the bot that was asked:
    it answers for the numbers whose staff it serves.
    """
    numbers = list_numbers(uow, group)
    ours = [each for each in numbers if each.staff_channel_id == channel.id]
    if not ours and (numbers or not uow.channels.is_default_in(channel.id, group)):
        return  # another bot of the group answers
    agent = await find_bound_agent(uow, telegram_id) if telegram_id else None
    if agent is None or not agent.is_admin:
        _say(uow, channel, group, topic, uow.text_for_staff("link.for_admins"))
    elif not ours:
        _say(uow, channel, group, topic, uow.text_for_staff("link.no_numbers"))
    for number in ours if agent is not None and agent.is_admin else ():
        row = await whatsapp_sessions.lock_link(uow.tx, number.id)
        if (why_not := _explain_missing_code(uow, number, row)) is not None:
            _say(uow, channel, group, topic, why_not)
            continue
        qr_message.show_code(uow, number, row, group, topic)
        if row.qr_messages[-1]["qr"] is None:
            _say(uow, channel, group, topic, uow.text_for_staff("link.coming", channel=number.name))
        await uow.tx.flush()


def _explain_missing_code(
    uow: UnitOfWork, number: ServedChannel, row: WhatsAppSession
) -> str | None:
    """Explain why there is no code to show; None if there is one, or will be."""
    if row.status is LinkStatus.WORKING:
        return uow.text_for_staff("link.works", channel=number.name, phone=row.phone or "?")
    if number.settings.get(STOPPED_BY_ADMIN):
        return uow.text_for_staff("link.stopped", channel=number.name, id=number.id)
    return None


def _say(uow: UnitOfWork, channel: ServedChannel, group: str, topic: str | None, text: str) -> None:
    uow.enqueue_for_chat(channel.id, group, text, topic=topic, group=True)
