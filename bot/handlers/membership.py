"""Who may be reached, who left the staff group, and where a group moved."""

from aiogram.types import ChatMemberUpdated, Message

from desk.accounts.binding import unbind
from desk.channels import ServedChannel
from desk.conversations.staff_groups import follow_group
from desk.messages import inbound
from desk.texts import speak
from desk.unit_of_work import Desk

_GONE = {"left", "kicked"}


async def on_group_moved(message: Message, desk: Desk) -> None:
    """Follow a staff group that became a supergroup."""
    await follow_group(desk, str(message.chat.id), str(message.migrate_to_chat_id))


async def on_left_notice(message: Message, desk: Desk) -> None:
    """Unbind whoever left the staff group."""
    if message.left_chat_member is not None:
        await _left(desk, str(message.left_chat_member.id))


async def on_member(event: ChatMemberUpdated, desk: Desk) -> None:
    """Unbind whoever left the staff group or was put out of it."""
    if event.new_chat_member.status in _GONE:
        await _left(desk, str(event.new_chat_member.user.id))


async def on_own_membership(event: ChatMemberUpdated, desk: Desk, channel: ServedChannel) -> None:
    """Note that a customer blocked the bot, or lets it write again."""
    customer = str(event.chat.id)
    if event.new_chat_member.status in _GONE:
        reason = speak(desk.staff_language, "reason.blocked")
        await inbound.became_unreachable(desk, channel, customer, reason)
    else:
        await inbound.became_reachable(desk, channel, customer)


async def _left(desk: Desk, telegram_id: str) -> None:
    await unbind(desk.tx, telegram_id, reason="left the staff group", now=desk.now)
    desk.staff.pop(telegram_id, None)
