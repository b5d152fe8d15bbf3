"""Methods about chats and their members."""

from sandbox.common.json_shapes import Json
from sandbox.telegram.model import errors
from sandbox.telegram.model.errors import bad_request
from sandbox.telegram.model.records import LEFT, MEMBER, Member, Room
from sandbox.telegram.rooms.members import (
    PERMISSIONS,
    change_member,
    find_account,
    list_members,
    to_member_shape,
)
from sandbox.telegram.state.call import Call, find_room

REACTIONS_SHOWN = 11
GIFTS = (
    "unlimited_gifts",
    "limited_gifts",
    "unique_gifts",
    "premium_subscription",
    "gifts_from_channels",
)


def _room(call: Call) -> Room:
    """Return the chat; a user who never wrote is "not found" here, unlike when sending."""
    chat_id = call.params["chat_id"]
    if isinstance(chat_id, int) and chat_id > 0 and call.world.room(chat_id, call.bot.id) is None:
        raise errors.chat_not_found()
    return find_room(call)


def get_chat(call: Call) -> Json:
    """Return everything about a chat."""
    room = _room(call)
    full: Json = {
        **room.chat,
        "accent_color_id": abs(room.id) % 7,
        "max_reaction_count": REACTIONS_SHOWN,
        "accepted_gift_types": dict.fromkeys(GIFTS, False),
    }
    if not room.is_private:
        full["permissions"] = dict.fromkeys(PERMISSIONS, True)
    if room.is_supergroup:
        full["join_to_send_messages"] = True
    if room.chat.get("username"):
        full["active_usernames"] = [room.chat["username"]]
    if room.pinned:
        full["pinned_message"] = room.messages[room.pinned[-1]]
    return full


def get_chat_member(call: Call) -> Json:
    """Return a user's status in a chat; a known user who was never inside counts as left."""
    room, number = _room(call), call.params["user_id"]
    user = find_account(call.world, number)
    if user is None:
        raise errors.user_not_found()
    if room.is_private:
        inside = number in {room.id, call.bot.id}
        return to_member_shape(user, Member(MEMBER if inside else LEFT))
    return to_member_shape(user, room.members.get(number, Member(LEFT)))


def get_chat_member_count(call: Call) -> int:
    """Return the number of members of a chat."""
    room = _room(call)
    if room.is_private:
        return 2
    return sum(member.is_inside for _, member in list_members(call.world, room))


def get_chat_administrators(call: Call) -> list[Json]:
    """Return the administrators; of bots only the calling one, unless all are asked for."""
    room = _room(call)
    if room.is_private:
        raise bad_request("there are no administrators in the private chat")
    hidden = set() if call.params.get("return_bots") else call.world.bots.keys() - {call.bot.id}
    return [
        to_member_shape(user, member)
        for user, member in list_members(call.world, room)
        if member.is_admin and user["id"] not in hidden
    ]


def leave_chat(call: Call) -> bool:
    """Leave a group."""
    room = _room(call)
    if room.is_private:
        raise bad_request("chat member status can't be changed in private chats")
    change_member(call.world, room, call.bot.user, call.bot.user, Member(LEFT))
    return True


def get_user_profile_photos(call: Call) -> Json:
    """Return a user's photos; users have none here."""
    if call.params["user_id"] not in call.world.people:
        raise errors.user_not_found()
    return {"total_count": 0, "photos": []}
