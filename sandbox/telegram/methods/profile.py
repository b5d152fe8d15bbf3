"""Sets and returns the bot's commands, names and descriptions, each per language."""

import json
import re
from collections.abc import Callable

from sandbox.common.json_shapes import Json, encode
from sandbox.telegram.model.errors import bad_request
from sandbox.telegram.model.records import BOT, Bot
from sandbox.telegram.rooms.keyboards import check_web_app
from sandbox.telegram.state.call import Call, find_room

MENU = "menu"
MAX_COMMANDS = 100
DESCRIPTION_LENGTH = 256
LENGTHS = {"name": 64, "description": 512, "short_description": 120}
_COMMAND = re.compile(r"/?[a-z0-9_]{1,32}")


def _scope(call: Call) -> str:
    scope = call.params.get("scope") or {"type": "default"}
    return f"{encode(dict(sorted(scope.items())))} {call.params.get('language_code', '')}"


def set_my_commands(call: Call) -> bool:
    """Set the commands of a scope and language."""
    commands = call.params["commands"]
    if len(commands) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if _COMMAND.fullmatch(command["command"]) is None:
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= DESCRIPTION_LENGTH:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    call.bot.commands[_scope(call)] = [
        {**command, "command": command["command"].lstrip("/")} for command in commands
    ]
    call.world.mark_changed(BOT, call.bot.id)
    return True


def get_my_commands(call: Call) -> list[Json]:
    """Return the commands of exactly this scope and language."""
    return call.bot.commands.get(_scope(call), [])


def delete_my_commands(call: Call) -> bool:
    """Delete the commands of a scope and language."""
    call.bot.commands.pop(_scope(call), None)
    call.world.mark_changed(BOT, call.bot.id)
    return True


def build_setter(what: str) -> Callable[[Call], bool]:
    """Return the method that sets the bot's name or one of its descriptions."""

    def set_text(call: Call) -> bool:
        text = call.params.get(what, "")
        if len(text) > LENGTHS[what]:
            raise bad_request(f"BOT_{what.upper()}_TOO_LONG")
        call.bot.texts[f"{what} {call.params.get('language_code', '')}"] = text
        call.world.mark_changed(BOT, call.bot.id)
        return True

    return set_text


def build_getter(what: str) -> Callable[[Call], Json]:
    """Return the method that returns the bot's name or one of its descriptions."""

    def get_text(call: Call) -> Json:
        texts = call.bot.texts
        default = call.bot.user["first_name"] if what == "name" else ""
        plain = texts.get(f"{what} ") or default
        return {what: texts.get(f"{what} {call.params.get('language_code', '')}") or plain}

    return get_text


def set_chat_menu_button(call: Call) -> bool:
    """Set the button beside the input field of a private chat, or of all that have no own one."""
    menu = call.params.get("menu_button") or {"type": "default"}
    if menu["type"] == "web_app":
        check_web_app(menu["web_app"]["url"], "menu button Web App URL")
    call.bot.texts[_menu_of(call)] = encode(menu)
    call.world.mark_changed(BOT, call.bot.id)
    call.world.feed.publish("user", 0, user=call.bot.user)
    return True


def get_chat_menu_button(call: Call) -> Json:
    """Return the button of a private chat, or the one of all chats."""
    return find_menu(call.bot, _menu_of(call))


def find_menu(bot: Bot, name: str) -> Json:
    """Return a stored menu button; without an own one a chat has that of the bot."""
    own = bot.texts.get(name)
    menu: Json = json.loads(own) if own else {"type": "default"}
    if menu["type"] == "default" and name != MENU:
        return find_menu(bot, MENU)
    return menu if menu["type"] != "default" else {"type": "commands"}


def _menu_of(call: Call) -> str:
    return f"{MENU} {find_room(call).id}" if "chat_id" in call.params else MENU
