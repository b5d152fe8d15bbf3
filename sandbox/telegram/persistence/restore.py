"""Rebuilds the world from the rows of the state file."""

import base64
import json
from collections.abc import Callable

from sandbox.common.json_shapes import Json
from sandbox.telegram.model.records import Member, Person, Room, StoredFile, Topic, split_key
from sandbox.telegram.model.update_queue import Pending
from sandbox.telegram.state.world import World


def restore(world: World, rows: list[tuple[str, str]]) -> None:
    """Fill an empty world with saved rows, which come in the order of their first writing."""
    by_kind: dict[str, list[tuple[str, Json]]] = {kind: [] for kind in _LOADERS}
    for key, body in rows:
        kind, _, name = key.partition(" ")
        by_kind[kind].append((name, json.loads(body)))
    for kind, load in _LOADERS.items():
        for name, content in by_kind[kind]:
            load(world, name, content)
    for bot in world.bots.values():
        if bot.webhook.get("url"):
            world.webhooks.start(bot)


def _bot(world: World, _: str, content: Json) -> None:
    bot = world.add_bot(content["user"], content["token"])
    bot.queue.next_id = content["next_id"]
    bot.queue.allowed = frozenset(content["allowed"])
    for name in ("last_message_id", "webhook", "commands", "texts"):
        setattr(bot, name, content[name])
    bot.has_topics_enabled = content.get("has_topics_enabled", False)


def _person(world: World, name: str, content: Json) -> None:
    blocked = set(content["blocked"])
    world.people[int(name)] = Person(content["user"], blocked, content["deactivated"])


def _file(world: World, name: str, content: Json) -> None:
    # State files of earlier versions do not say whose a file is.
    bots = content.get("bots", list(world.bots))
    stored = StoredFile(**{**content, "bots": bots, "data": base64.b64decode(content["data"])})
    world.files[name] = stored
    world.paths[stored.path] = stored


def _room(world: World, name: str, content: Json) -> None:
    chat_id, bot_id = split_key(name)
    topics = {topic["thread_id"]: Topic(**topic) for topic in content["topics"]}
    members = {number: Member(**member) for number, member in content["members"]}
    kept = {name: content[name] for name in ("last_message_id", "pinned", "migrated_to")}
    room = Room(content["chat"], bot_id, topics=topics, members=members, **kept)
    if bot_id:
        world.private[bot_id, chat_id] = room
    else:
        world.groups[chat_id] = room


def _message(world: World, name: str, content: Json) -> None:
    key, _, number = name.rpartition(" ")
    room = world.room(*split_key(key))
    if room is None:
        return
    room.messages[int(number)] = content["message"]
    if content["reactions"]:
        room.reactions[int(number)] = dict(content["reactions"])


def _update(world: World, name: str, content: Json) -> None:
    bot = world.bots.get(int(name.partition(" ")[0]))
    if bot is not None:
        bot.queue.pending[content["update_id"]] = Pending(**content)


# In this order: messages need their rooms, updates their bots.
_LOADERS: dict[str, Callable[[World, str, Json], None]] = {
    "bot": _bot,
    "person": _person,
    "file": _file,
    "room": _room,
    "message": _message,
    "update": _update,
}
