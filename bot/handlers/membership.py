"""Handle blocked bots, agents who leave the staff group, and groups that get a new id."""

from aiogram.types import ChatMemberRestricted, ChatMemberUnion, ChatMemberUpdated, Message

from desk.accounts.binding import unbind_telegram
from desk.actors import SYSTEM, to_actor
from desk.channels import ServedChannel
from desk.conversations.console_doors import hide_menu_button
from desk.conversations.own_chats import forget_own_chat
from desk.conversations.staff_groups import move_staff_group
from desk.messages import reachability
from desk.texts import translate
from desk.unit_of_work import UnitOfWork

_LEFT_STATUSES = {"left", "kicked"}


async def on_group_moved(message: Message, uow: UnitOfWork) -> None:
    """Update the id of a staff group that became a supergroup."""
    await move_staff_group(uow, str(message.chat.id), str(message.migrate_to_chat_id))


async def on_member_left(message: Message, uow: UnitOfWork) -> None:
    """Unbind an agent who left the staff group."""
    if message.left_chat_member is not None:
        await _unbind_agent(uow, str(message.left_chat_member.id))


async def on_member(event: ChatMemberUpdated, uow: UnitOfWork) -> None:
    """Unbind an agent who left the staff group or was removed from it."""
    if _is_gone(event.new_chat_member):
        await _unbind_agent(uow, str(event.new_chat_member.user.id))


async def on_own_membership(
    event: ChatMemberUpdated, uow: UnitOfWork, channel: ServedChannel
) -> None:
    """Record that a customer blocked or unblocked the bot."""
    customer = str(event.chat.id)
    if event.new_chat_member.status in _LEFT_STATUSES:
        reason = translate(uow.staff_language, "reason.blocked")
        await reachability.mark_unreachable(uow, channel, customer, reason)
    else:
        await reachability.mark_reachable(uow, channel, customer)


def _is_gone(member: ChatMemberUnion) -> bool:
    """Check whether somebody is not in the group; a restricted member may have left it, too."""
    if isinstance(member, ChatMemberRestricted):
        return not member.is_member
    return member.status in _LEFT_STATUSES


async def _unbind_agent(uow: UnitOfWork, telegram_id: str) -> None:
    former = await unbind_telegram(uow.tx, telegram_id, reason="left the staff group", now=uow.now)
    uow.bound_agents.pop(telegram_id, None)
    if former is not None:
        hide_menu_button(uow, telegram_id)
        await forget_own_chat(uow, to_actor(former), by=SYSTEM)
