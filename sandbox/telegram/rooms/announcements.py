"""Turns events in a room into updates in the queues of the bots that may see them."""

from collections.abc import Iterator

from sandbox.common.json_shapes import Json, encode
from sandbox.telegram.model.records import Bot, Room
from sandbox.telegram.state.world import World

# Service messages that a bot gets even if it caused them.
OWN_SERVICE = (
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_closed",
    "forum_topic_reopened",
    "general_forum_topic_hidden",
    "general_forum_topic_unhidden",
    "pinned_message",
    "new_chat_members",
    "left_chat_member",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
)


def list_bots(world: World, room: Room) -> Iterator[Bot]:
    """Yield the bots that are in the room."""
    if room.bot_id:
        yield world.bots[room.bot_id]
        return
    for bot in world.bots.values():
        member = room.members.get(bot.id)
        if member is not None and member.is_inside:
            yield bot


def queue_message(
    world: World, room: Room, message: Json, author_id: int, kind: str = "message"
) -> None:
    """Queue a new or edited message for every bot that may see it; none sees its own."""
    body = ""
    for bot in list_bots(world, room):
        if bot.id == author_id and not any(name in message for name in OWN_SERVICE):
            continue
        if author_id in world.bots and bot.id != author_id:
            continue
        if bot.queue.wants(kind) and _can_see(room, bot, message):
            body = body or encode(message)
            bot.queue.put(kind, str(room.id), body, world.clock())


def queue_update(
    world: World,
    room: Room,
    kind: str,
    content: Json,
    *,
    lane: str,
    only: int = 0,
    admins: bool = False,
) -> None:
    """Queue any other update for the bots in the room that accept its kind.

    `only` names the one bot it is for; `admins` leaves out bots that are no administrators.
    """
    body = encode(content)
    for bot in list_bots(world, room):
        if (only and bot.id != only) or not bot.queue.wants(kind):
            continue
        if admins and not room.is_private and not room.members[bot.id].is_admin:
            continue
        bot.queue.put(kind, lane, body, world.clock())


def _can_see(room: Room, bot: Bot, message: Json) -> bool:
    """Check whether privacy mode lets the bot see the message; administrators see everything."""
    if room.is_private or room.members[bot.id].is_admin:
        return True
    if any(name in message for name in OWN_SERVICE):
        return True
    reply = message.get("reply_to_message")
    if reply is not None and reply["from"]["id"] == bot.id:
        return True
    text: str = message.get("text") or message.get("caption") or ""
    return text.startswith("/") or f"@{bot.user.get('username')}".lower() in text.lower()
