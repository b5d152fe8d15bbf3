"""Methods of topics, in forums and in private chats; General included, which only forums have."""

from sandbox.common.json_shapes import Json
from sandbox.telegram.model import errors
from sandbox.telegram.model.errors import bad_request
from sandbox.telegram.model.records import GENERAL_THREAD, TOPIC_ICONS, Room, Topic
from sandbox.telegram.rooms.posting import Author, open_topic, post_service
from sandbox.telegram.state.call import Call, find_room, find_writable_room, has_right

ICON_COLORS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)
NAME_LENGTH = 128
# The server removes these from a title.
INVISIBLE = " \u2800\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"


def _topics_room(call: Call, refusal: errors.Refusal) -> Room:
    """Return a chat with topics: a forum, or a private chat if the bot is in topic mode."""
    room = find_room(call)
    if room.is_private:
        find_writable_room(call)
    if not call.world.has_topics(room):
        raise errors.not_a_forum()
    if not has_right(room, call.bot, "can_manage_topics"):
        raise refusal()
    return room


def _forum(call: Call, refusal: errors.Refusal) -> Room:
    """Return a forum: topics of private chats cannot be closed, and there is no General."""
    if find_room(call).is_private:
        raise errors.not_a_forum()
    return _topics_room(call, refusal)


def find_topic(call: Call, room: Room) -> Topic:
    """Return the topic that a call names; a deleted topic is not found."""
    if not call.world.has_topics(room):
        raise errors.not_a_forum()
    topic = room.topics.get(call.params["message_thread_id"])
    if topic is None or topic.deleted:
        raise errors.topic_id_invalid()
    return topic


def create_forum_topic(call: Call) -> Json:
    """Open a topic."""
    room = _topics_room(call, errors.no_right_to_create_topic)
    name = call.params["name"].strip()[:NAME_LENGTH]
    if not name.strip(INVISIBLE):
        raise bad_request("topic title must be non-empty")
    color = call.params.get("icon_color", ICON_COLORS[0])
    if color not in ICON_COLORS:
        raise bad_request("invalid topic icon color specified")
    icon = call.params.get("icon_custom_emoji_id", "")
    topic = open_topic(
        call.world, room, Author(call.bot.user), name=name, icon_color=color, icon=icon
    )
    shape = {"message_thread_id": topic.thread_id, "name": name, "icon_color": color}
    return {**shape, "icon_custom_emoji_id": icon} if icon else shape


def _announce(call: Call, room: Room, topic: Topic, content: Json) -> None:
    thread = 0 if topic.thread_id == GENERAL_THREAD else topic.thread_id
    post_service(call.world, room, Author(call.bot.user), content, thread=thread)
    call.world.mark_changed(room.key)
    call.world.feed.publish("topic", room.id, thread=topic.thread_id)


def edit_forum_topic(call: Call) -> bool:
    """Give a topic another name or icon."""
    room = _topics_room(call, errors.no_right_to_edit_topic)
    topic = find_topic(call, room)
    changes: Json = {}
    name = call.params.get("name", "").strip()[:NAME_LENGTH]
    if name and name != topic.name:
        changes["name"] = topic.name = name
    icon = call.params.get("icon_custom_emoji_id")
    if icon is not None and icon != topic.icon_custom_emoji_id:
        changes["icon_custom_emoji_id"] = topic.icon_custom_emoji_id = icon
    if not changes:
        raise errors.topic_not_modified()
    _announce(call, room, topic, {"forum_topic_edited": changes})
    return True


def set_closed(call: Call, room: Room, topic: Topic, *, closed: bool) -> None:
    """Close or reopen a topic; a change that changes nothing is a 400."""
    if topic.closed == closed:
        raise errors.topic_not_modified()
    topic.closed = closed
    _announce(call, room, topic, {"forum_topic_closed" if closed else "forum_topic_reopened": {}})


def close_forum_topic(call: Call) -> bool:
    """Close a topic."""
    room = _forum(call, errors.no_right_to_close_topic)
    set_closed(call, room, find_topic(call, room), closed=True)
    return True


def reopen_forum_topic(call: Call) -> bool:
    """Open a closed topic again."""
    room = _forum(call, errors.no_right_to_close_topic)
    set_closed(call, room, find_topic(call, room), closed=False)
    return True


def delete_forum_topic(call: Call) -> bool:
    """Delete a topic with everything in it."""
    room = _topics_room(call, errors.no_right_to_delete_topic)
    if not has_right(room, call.bot, "can_delete_messages"):
        raise errors.no_right_to_delete_topic()
    topic = find_topic(call, room)
    if topic.thread_id == GENERAL_THREAD:
        raise errors.topic_id_invalid()
    call.world.delete_topic(room, topic)
    return True


def _general(call: Call, refusal: errors.Refusal) -> tuple[Room, Topic]:
    room = _forum(call, refusal)
    return room, room.topics[GENERAL_THREAD]


def edit_general_forum_topic(call: Call) -> bool:
    """Rename the General topic."""
    room, topic = _general(call, errors.no_right_to_edit_topic)
    name = call.params["name"].strip()[:NAME_LENGTH]
    if not name or name == topic.name:
        raise errors.topic_not_modified()
    topic.name = name
    _announce(call, room, topic, {"forum_topic_edited": {"name": name}})
    return True


def close_general_forum_topic(call: Call) -> bool:
    """Close the General topic."""
    room, topic = _general(call, errors.no_right_to_close_topic)
    set_closed(call, room, topic, closed=True)
    return True


def reopen_general_forum_topic(call: Call) -> bool:
    """Open the General topic again, and show it if it was hidden."""
    room, topic = _general(call, errors.no_right_to_close_topic)
    topic.hidden = False
    set_closed(call, room, topic, closed=False)
    return True


def hide_general_forum_topic(call: Call) -> bool:
    """Hide the General topic, which closes it."""
    room, topic = _general(call, errors.no_right_to_close_topic)
    if topic.hidden:
        raise errors.topic_not_modified()
    topic.hidden = topic.closed = True
    _announce(call, room, topic, {"general_forum_topic_hidden": {}})
    return True


def unhide_general_forum_topic(call: Call) -> bool:
    """Show the General topic again."""
    room, topic = _general(call, errors.no_right_to_close_topic)
    if not topic.hidden:
        raise errors.topic_not_modified()
    topic.hidden = False
    _announce(call, room, topic, {"general_forum_topic_unhidden": {}})
    return True


def get_forum_topic_icon_stickers(call: Call) -> list[Json]:
    """Return the icons that topics may have: custom emoji, some of Telegram's."""
    del call
    return [
        {
            "file_id": f"icon-{icon}",
            "file_unique_id": f"icon-{icon}-u",
            "type": "custom_emoji",
            "width": 100,
            "height": 100,
            "is_animated": True,
            "is_video": False,
            "emoji": emoji,
            "custom_emoji_id": icon,
        }
        for icon, emoji in TOPIC_ICONS.items()
    ]
