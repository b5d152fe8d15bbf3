"""One call of a bot, and the checks that most methods begin with."""

from dataclasses import dataclass, field

from sandbox.common.json_shapes import Json
from sandbox.common.upload import Upload
from sandbox.telegram.model import errors
from sandbox.telegram.model.errors import ApiError
from sandbox.telegram.model.records import (
    ADMINISTRATOR,
    CREATOR,
    KICKED,
    RESTRICTED,
    Bot,
    Member,
    Room,
)
from sandbox.telegram.state.world import World


@dataclass(slots=True)
class Call:
    """A decoded call: who calls, with which parameters and files."""

    world: World
    bot: Bot
    params: Json
    files: dict[str, Upload] = field(default_factory=dict)
    # The new album ids of the albums that this call copies.
    albums: dict[str, str] = field(default_factory=dict)
    # The kind of the fault that applies to it.
    fault: str | None = None


def find_room(call: Call, name: str = "chat_id") -> Room:
    """Return the chat that a parameter names, or raise Telegram's error."""
    chat_id = call.params[name]
    if not isinstance(chat_id, int):
        raise errors.chat_not_found()
    room = call.world.room(chat_id, call.bot.id)
    if room is None:
        raise _refuse_unknown(call, chat_id)
    if room.migrated_to:
        raise errors.migrated(room.migrated_to)
    if not room.is_private:
        _refuse_outsider(room, room.members.get(call.bot.id))
    return room


def find_writable_room(call: Call, name: str = "chat_id") -> Room:
    """Return the chat that a parameter names if the bot may write there."""
    room = find_room(call, name)
    if room.is_private:
        person = call.world.people[room.id]
        if person.deactivated:
            raise errors.deactivated()
        if call.bot.id in person.blocked:
            raise errors.blocked()
        return room
    member = room.members[call.bot.id]
    if member.status == RESTRICTED and not member.rights.get("can_send_messages"):
        raise errors.no_right_to_send()
    return room


def has_right(room: Room, bot: Bot, right: str) -> bool:
    """Check whether the bot is an administrator with this right; in private chats it always is."""
    if room.is_private:
        return True
    member = room.members[bot.id]
    if member.status == CREATOR:
        return True
    return member.status == ADMINISTRATOR and bool(member.rights.get(right, True))


def _refuse_unknown(call: Call, chat_id: int) -> ApiError:
    if chat_id in call.world.bots:
        return errors.bot_to_bot()
    person = call.world.people.get(chat_id)
    if person is None:
        return errors.chat_not_found()
    return errors.deactivated() if person.deactivated else errors.never_started()


def _refuse_outsider(room: Room, member: Member | None) -> None:
    if member is None:
        raise errors.chat_not_found()
    if member.is_inside:
        return
    if member.status == KICKED:
        raise errors.kicked_from_supergroup() if room.is_supergroup else errors.kicked_from_group()
    raise errors.not_in_supergroup() if room.is_supergroup else errors.not_in_group()
