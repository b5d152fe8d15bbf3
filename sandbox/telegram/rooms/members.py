"""Members of groups as the Bot API shows them."""

from sandbox.common.json_shapes import Json, encode
from sandbox.telegram.model.records import (
    ADMINISTRATOR,
    CREATOR,
    KICKED,
    LEFT,
    MEMBER,
    RESTRICTED,
    Bot,
    Member,
    Person,
    Room,
)
from sandbox.telegram.rooms.announcements import list_bots
from sandbox.telegram.rooms.posting import Author, post_service
from sandbox.telegram.state.world import World

ADMIN_RIGHTS = (
    "can_manage_chat",
    "can_change_info",
    "can_delete_messages",
    "can_delete_stories",
    "can_edit_stories",
    "can_invite_users",
    "can_manage_video_chats",
    "can_pin_messages",
    "can_manage_topics",
    "can_manage_tags",
    "can_post_stories",
    "can_promote_members",
    "can_restrict_members",
    "can_send_welcome_messages",
)
PERMISSIONS = (
    "can_add_web_page_previews",
    "can_change_info",
    "can_edit_tag",
    "can_invite_users",
    "can_manage_topics",
    "can_pin_messages",
    "can_react_to_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_messages",
    "can_send_other_messages",
    "can_send_photos",
    "can_send_polls",
    "can_send_video_notes",
    "can_send_videos",
    "can_send_voice_notes",
)
STATUSES = frozenset({CREATOR, ADMINISTRATOR, MEMBER, RESTRICTED, LEFT, KICKED})


def to_member_shape(user: Json, member: Member) -> Json:
    """Return a ChatMember; rights that are not set are true for admins, else false."""
    shape: Json = {"status": member.status, "user": user}
    rights = member.rights
    if member.status in {CREATOR, ADMINISTRATOR}:
        shape["is_anonymous"] = bool(rights.get("is_anonymous", False))
    if member.status == ADMINISTRATOR:
        shape["can_be_edited"] = False
        shape |= {name: bool(rights.get(name, True)) for name in ADMIN_RIGHTS}
    if member.status == RESTRICTED:
        shape |= {name: bool(rights.get(name, False)) for name in PERMISSIONS}
        shape |= {"is_member": member.rights.get("is_member", True), "until_date": 0}
    if member.status == KICKED:
        shape["until_date"] = 0
    if "custom_title" in rights and member.is_admin:
        shape["custom_title"] = rights["custom_title"]
    return shape


def find_account(world: World, user_id: int) -> Json | None:
    """Return the user or bot with this id."""
    holder: Person | Bot | None = world.people.get(user_id) or world.bots.get(user_id)
    return None if holder is None else holder.user


def list_members(world: World, room: Room) -> list[tuple[Json, Member]]:
    """Return all present and former members of the group, with their status."""
    found = ((find_account(world, number), member) for number, member in room.members.items())
    return [(user, member) for user, member in found if user is not None]


def change_member(world: World, room: Room, user: Json, actor: Json, new: Member) -> None:
    """Change a user's status in a group; send updates, and a service message if needed."""
    old = room.members.get(user["id"], Member(LEFT))
    room.members[user["id"]] = new
    change: Json = {
        "chat": room.chat,
        "from": actor,
        "date": int(world.clock()),
        "old_chat_member": to_member_shape(user, old),
        "new_chat_member": to_member_shape(user, new),
    }
    body, now = encode(change), world.clock()
    own = world.bots.get(user["id"])
    if own is not None and own.queue.wants("my_chat_member"):
        own.queue.put("my_chat_member", str(room.id), body, now)
    for bot in list_bots(world, room):
        if bot is not own and room.members[bot.id].is_admin and bot.queue.wants("chat_member"):
            bot.queue.put("chat_member", str(room.id), body, now)
    if old.is_inside != new.is_inside:
        content = {"new_chat_members": [user]} if new.is_inside else {"left_chat_member": user}
        post_service(world, room, Author(actor), content)
    world.mark_changed(room.key)
    world.feed.publish("group", room.id, chat=room.chat)
