"""Report in a group what the bot lacks there: when it is added, and when it loses a right."""

from aiogram.types import (
    ChatMemberAdministrator,
    ChatMemberOwner,
    ChatMemberUnion,
    ChatMemberUpdated,
)

from desk.channels import ServedChannel
from desk.unit_of_work import UnitOfWork

_GONE = {"left", "kicked"}
# The rights that the bot needs in a staff group; their names: rights.….
_REQUIRED_RIGHTS = ("can_manage_topics", "can_pin_messages", "can_delete_messages")
_NOT_ADMINISTRATOR = "administrator"
_NO_TOPICS = "topics"


def on_own_membership(event: ChatMemberUpdated, uow: UnitOfWork, channel: ServedChannel) -> None:
    """Report what is missing in a group that the bot is in, and how to give it."""
    before, now = event.old_chat_member, event.new_chat_member
    if now.status in _GONE:
        return  # nothing can be written there
    group = str(event.chat.id)
    if not uow.channels.is_staff_group(channel.id, group):
        if before.status in _GONE:
            _tell(uow, channel, group, uow.text_for_staff("rights.not_staff_group", group=group))
        return
    missing, was_missing = _list_missing(now), _list_missing(before)
    if not event.chat.is_forum:
        missing.append(_NO_TOPICS)
    if missing:
        names = "\n".join(f"– {uow.text_for_staff(f'rights.{each}')}" for each in missing)  # noqa: RUF001 as in texts
        _tell(uow, channel, group, f"{uow.text_for_staff('rights.missing')}\n{names}")
    elif was_missing:
        _tell(uow, channel, group, uow.text_for_staff("rights.complete"))


def _list_missing(member: ChatMemberUnion) -> list[str]:
    if isinstance(member, ChatMemberOwner):
        return []
    if not isinstance(member, ChatMemberAdministrator):
        return [_NOT_ADMINISTRATOR]
    return [right for right in _REQUIRED_RIGHTS if not getattr(member, right, False)]


def _tell(uow: UnitOfWork, channel: ServedChannel, group: str, text: str) -> None:
    uow.enqueue_for_chat(channel.id, group, text, group=True)
