"""Turns records of the world into rows of the state file; a body of None deletes the row."""

import base64
from dataclasses import asdict

from sandbox.common.json_shapes import Json, encode
from sandbox.common.state_file import Row
from sandbox.telegram.model.records import (
    BOT,
    FILE,
    PERSON,
    RESET,
    UPDATES,
    Bot,
    Room,
    StoredFile,
    split_key,
)
from sandbox.telegram.state.world import World


def build_rows(world: World, key: str, part: int) -> list[Row]:
    """Return the rows of a changed record; the empty key deletes everything."""
    if key == RESET:
        return [("", None), *build_all_rows(world)]
    if key == BOT:
        return [_bot_row(world.bots[part])] if part in world.bots else []
    if key == PERSON:
        return [_person_row(world, part)] if part in world.people else []
    if key.startswith(FILE):
        stored = world.files.get(key.removeprefix(FILE))
        return [_file_row(stored)] if stored is not None else []
    if key.startswith(UPDATES):
        return [_update_row(world, int(key.removeprefix(UPDATES)), part)]
    chat_id, bot_id = split_key(key)
    room = world.room(chat_id, bot_id)
    if room is None:
        return []
    return [_room_row(room), _message_row(room, part)] if part else [_room_row(room)]


def build_all_rows(world: World) -> list[Row]:
    """Return the rows of the whole world; changes may have followed a reset."""
    rows = [_bot_row(bot) for bot in world.bots.values()]
    rows += [_person_row(world, number) for number in world.people]
    rows += [_file_row(stored) for stored in world.files.values()]
    for room in world.rooms():
        rows.append(_room_row(room))
        rows += [_message_row(room, number) for number in room.messages]
    for bot in world.bots.values():
        rows += [_update_row(world, bot.id, number) for number in bot.queue.pending]
    return rows


def _bot_row(bot: Bot) -> Row:
    body: Json = {
        "user": bot.user,
        "token": bot.token,
        "next_id": bot.queue.next_id,
        "allowed": sorted(bot.queue.allowed),
        "last_message_id": bot.last_message_id,
        "webhook": bot.webhook,
        "commands": bot.commands,
        "texts": bot.texts,
        "has_topics_enabled": bot.has_topics_enabled,
    }
    return f"bot {bot.id}", encode(body)


def _person_row(world: World, number: int) -> Row:
    person = world.people[number]
    body = {"user": person.user, "blocked": sorted(person.blocked)}
    return f"person {number}", encode({**body, "deactivated": person.deactivated})


def _file_row(stored: StoredFile) -> Row:
    body: Json = {name: getattr(stored, name) for name in StoredFile.__slots__}
    body["data"] = base64.b64encode(stored.data).decode()
    return f"file {stored.file_id}", encode(body)


def _room_row(room: Room) -> Row:
    body: Json = {
        "chat": room.chat,
        "bot_id": room.bot_id,
        "last_message_id": room.last_message_id,
        "pinned": room.pinned,
        "migrated_to": room.migrated_to,
        "topics": [asdict(topic) for topic in room.topics.values()],
        "members": [[number, asdict(member)] for number, member in room.members.items()],
    }
    return f"room {room.key}", encode(body)


def _message_row(room: Room, number: int) -> Row:
    key, message = f"message {room.key} {number}", room.messages.get(number)
    if message is None:
        return key, None
    reactions = list(room.reactions.get(number, {}).items())
    return key, encode({"message": message, "reactions": reactions})


def _update_row(world: World, bot_id: int, number: int) -> Row:
    key = f"update {bot_id} {number}"
    bot = world.bots.get(bot_id)
    item = bot.queue.pending.get(number) if bot else None
    return key, encode(asdict(item)) if item else None
