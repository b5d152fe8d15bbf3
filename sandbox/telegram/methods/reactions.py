"""Sets a bot's reactions to messages."""

from sandbox.telegram.model import errors
from sandbox.telegram.state.call import Call, find_writable_room

# The emojis that Telegram allows for reactions without Premium.
_ROWS = (
    "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡",
    "🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈",
    "😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿",
    "🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡",
)
EMOJI = frozenset(emoji for row in _ROWS for emoji in row.split())


def set_message_reaction(call: Call) -> bool:
    """React to a message with one emoji, or remove the reaction with none."""
    room = find_writable_room(call)
    number = call.params["message_id"]
    if number not in room.messages:
        raise errors.react_not_found()
    asked = call.params.get("reaction", [])
    if len(asked) > 1:
        raise errors.too_many_reactions()
    emoji = asked[0].get("emoji", "").rstrip("\ufe0f") if asked else ""
    if asked and emoji not in EMOJI:
        raise errors.reaction_invalid()
    given = room.reactions.setdefault(number, {})
    given.pop(call.bot.id, None)
    if emoji:
        given[call.bot.id] = emoji
    call.world.mark_changed(room.key, number)
    call.world.feed.publish("reaction", room.id, message_id=number)
    return True
