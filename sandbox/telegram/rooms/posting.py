"""Posts a message into a room, with its id, sender, topic and reply."""

from dataclasses import dataclass

from sandbox.common.json_shapes import Json
from sandbox.telegram.model.records import Room, Topic
from sandbox.telegram.rooms.announcements import queue_message
from sandbox.telegram.state.world import GROUP_ANONYMOUS_BOT, World

# Fields that a message inside another message does not have.
_NESTED = ("reply_to_message", "pinned_message")


@dataclass(frozen=True, slots=True)
class Author:
    """The sender of a message, as the Bot API shows it; `chat` is set for anonymous admins."""

    user: Json
    chat: Json | None = None

    @property
    def id(self) -> int:
        return int(self.user["id"])


def anonymous_admin(room: Room) -> Author:
    """Return the author of an anonymous administrator's messages."""
    return Author(GROUP_ANONYMOUS_BOT, room.chat)


def strip_nested(message: Json) -> Json:
    """Return a message as it looks inside another one."""
    return {name: value for name, value in message.items() if name not in _NESTED}


def post_message(
    world: World,
    room: Room,
    author: Author,
    content: Json,
    *,
    thread: int = 0,
    reply: Json | None = None,
) -> Json:
    """Store a message, queue it for the bots that may see it, and return it.

    `thread` is a forum topic's id, 0 for General and for chats without topics.
    """
    message: Json = {
        "message_id": world.next_message_id(room),
        "from": author.user,
        "chat": room.chat,
        "date": int(world.clock()),
    }
    if author.chat is not None:
        message["sender_chat"] = author.chat
    _set_thread(world, room, message, thread, reply)
    message.update(content)
    world.keep(room, message)
    queue_message(world, room, message, author.id)
    return message


def _set_thread(world: World, room: Room, message: Json, thread: int, reply: Json | None) -> None:
    topic = room.topics.get(thread) if thread and world.has_topics(room) else None
    if topic is not None:
        message["message_thread_id"] = thread
        message["is_topic_message"] = True
        if reply is None and topic.root is not None:
            reply = topic.root
    elif reply is not None and room.is_supergroup and not room.is_forum:
        message["message_thread_id"] = reply.get("message_thread_id", reply["message_id"])
    if reply is not None:
        message["reply_to_message"] = strip_nested(reply)


def post_service(
    world: World, room: Room, author: Author, content: Json, *, thread: int = 0
) -> Json:
    """Store a service message; bots get their own ones too."""
    return post_message(world, room, author, {**content}, thread=thread)


def open_topic(
    world: World, room: Room, author: Author, *, name: str, icon_color: int, icon: str
) -> Topic:
    """Open a topic with its service message, whose id becomes the thread id."""
    number = world.preview_message_id(room)
    topic = Topic(number, name, icon_color, icon)
    room.topics[number] = topic
    created: Json = {"name": name, "icon_color": icon_color}
    if icon:
        created["icon_custom_emoji_id"] = icon
    message = post_service(world, room, author, {"forum_topic_created": created}, thread=number)
    topic.root = message
    world.mark_changed(room.key)
    world.feed.publish("topic", room.id, thread=number)
    return topic
