"""Controls bots and users."""

import secrets

from aiohttp import web

from sandbox.common.control_api import ControlRequestError
from sandbox.common.json_shapes import Json, without_none
from sandbox.telegram.control.requests import find_bot, find_person, read_path_number
from sandbox.telegram.mini_app import build_init_data
from sandbox.telegram.model.records import BOT, KICKED, MEMBER, PERSON, Bot, Member, Person
from sandbox.telegram.rooms.announcements import queue_update
from sandbox.telegram.rooms.members import to_member_shape
from sandbox.telegram.state.world import World

OPTIONAL = ("last_name", "username", "language_code")


def add_bot(world: World, request: web.Request, body: Json) -> Json:
    """Add a bot, or return the one with this token; `renew` makes the old token invalid."""
    del request
    token = str(body["token"])
    known = world.tokens.get(token)
    if known is not None:
        return known.user
    digits = token.partition(":")[0]
    if body.get("renew"):
        bot = find_bot(world, digits)
        world.renew_token(bot, token)
        return bot.user
    if not digits.isdigit() or int(digits) in world.bots:
        raise ControlRequestError("a token is <bot id>:<secret>, and a bot has one token")
    user: Json = {
        "id": int(digits),
        "is_bot": True,
        "first_name": body.get("first_name") or "OsmoDesk",
        "username": body.get("username") or f"sandbox_{digits}_bot",
    }
    world.add_bot(user, token)
    world.feed.publish("user", 0, user=user)
    return user


def set_threaded_mode(world: World, request: web.Request, body: Json) -> Json:
    """Switch topics in private chats with a bot on or off, as @BotFather does."""
    bot = find_bot(world, request.match_info["bot"])
    bot.has_topics_enabled = bool(body["enabled"])
    world.mark_changed(BOT, bot.id)
    world.feed.publish("user", 0, user=bot.user)
    return bot.user


def add_user(world: World, request: web.Request, body: Json) -> Json:
    """Add a user, or return the one that has this id; no chat is opened."""
    del request
    number = int(body.get("id") or 100_000 + secrets.randbelow(9_000_000_000))
    known = world.people.get(number)
    if known is not None:
        return known.user
    if number <= 0 or number in world.bots:
        raise ControlRequestError("a user's id must be positive and not a bot's")
    chosen = {name: body.get(name) or None for name in OPTIONAL}
    user: Json = {"id": number, "is_bot": False, "first_name": str(body["first_name"])}
    user |= without_none(chosen)
    if body.get("is_premium"):
        user["is_premium"] = True
    world.people[number] = Person(user)
    world.mark_changed(PERSON, number)
    world.feed.publish("user", number, user=user)
    return user


def change_user(world: World, request: web.Request, body: Json) -> Json:
    """Let a user block or unblock a bot, delete their account, or have started a bot before."""
    person = find_person(world, read_path_number(request, "id"))
    if "deactivated" in body:
        person.deactivated = bool(body["deactivated"])
    if "blocked" in body:
        _set_blocked(world, person, find_bot(world, body.get("bot")), blocked=bool(body["blocked"]))
    if body.get("started"):
        world.open_private(find_bot(world, body.get("bot")), person)
    world.mark_changed(PERSON, person.user["id"])
    world.feed.publish("user", person.user["id"], user=person.user)
    return {**person.user, "blocked": bool(person.blocked), "deactivated": person.deactivated}


def open_mini_app(world: World, request: web.Request, body: Json) -> Json:
    """Return the data with which a user opens the Mini App of a bot."""
    person = find_person(world, read_path_number(request, "id"))
    bot = find_bot(world, body.get("bot"))
    opened_at = int(body.get("auth_date") or world.clock())
    data = build_init_data(bot.token, person.user, opened_at, body.get("start_param"))
    return {"init_data": data}


def _set_blocked(world: World, person: Person, bot: Bot, *, blocked: bool) -> None:
    if (bot.id in person.blocked) == blocked:
        return
    (person.blocked.add if blocked else person.blocked.discard)(bot.id)
    room = world.private.get((bot.id, person.user["id"]))
    if room is None:
        return
    old, new = (MEMBER, KICKED) if blocked else (KICKED, MEMBER)
    change: Json = {
        "chat": room.chat,
        "from": person.user,
        "date": int(world.clock()),
        "old_chat_member": to_member_shape(bot.user, Member(old)),
        "new_chat_member": to_member_shape(bot.user, Member(new)),
    }
    queue_update(world, room, "my_chat_member", change, lane=str(room.id))
