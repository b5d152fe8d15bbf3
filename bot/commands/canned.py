"""Handle `/r add` and the search of `/r`: canned replies that an agent saves and looks for."""

from bot.commands.call import Answer, Call
from db.queries.canned_replies import find_by_unique_key
from db.queries.messages.message_rows import read_message
from desk.canned import lookup
from desk.canned.rendering import (
    EXAMPLE_VALUES,
    find_unknown_variables,
    is_shortcut,
    slot_key,
)
from desk.setup import canned_replies

ADD = "add"
_MAX_TEXT = 4000
_MAX_TITLE = 60


async def add(call: Call) -> Answer:
    """Save a text under a shortcut, for every channel and language; for administrators.

    `/r add SHORTCUT TEXT`, or `/r add SHORTCUT` as a reply to a message with the text.
    """
    if not call.by.is_admin:
        return call.refuse("command.admins_only")
    _, _, rest = call.argument.partition(" ")
    shortcut, *words = rest.split(maxsplit=1) or [""]
    shortcut = shortcut.lower()
    text = "".join(words).strip() or await _read_replied_text(call)
    if not is_shortcut(shortcut) or shortcut == ADD or not text:
        return call.refuse("command.canned_usage")
    if len(text) > _MAX_TEXT:
        return call.refuse("command.canned_too_long", most=_MAX_TEXT, length=len(text))
    if find_unknown_variables(text):
        return call.refuse(
            "command.canned_variable", known=", ".join(f"{{{{{each}}}}}" for each in EXAMPLE_VALUES)
        )
    if await find_by_unique_key(call.uow.tx, slot_key(None, "", shortcut)) is not None:
        return call.refuse("command.canned_taken", shortcut=shortcut)
    title = " ".join(text.split())[:_MAX_TITLE]
    await canned_replies.create(
        call.uow,
        shortcut=shortcut,
        title=title,
        text=text,
        language="",
        channel_id=None,
        by=call.by,
    )
    return Answer(call.say("command.canned_added", shortcut=shortcut))


async def search(call: Call, words: str, *, most: int) -> list[str]:
    """List the replies with all these words in shortcut, title or text, as lines."""
    wanted = words.casefold().split()
    lines = []
    for each in await lookup.list_replies(call.uow, call.thread):
        content = f"{each.shortcut} {each.title} {each.text}".casefold()
        if wanted and all(word in content for word in wanted):
            lines.append(f"/r {each.shortcut} — {each.title[:_MAX_TITLE]}")
    return lines[:most]


async def _read_replied_text(call: Call) -> str:
    message_id = await call.find_replied_message()
    if message_id is None:
        return ""
    await call.uow.flush_messages()
    return ((await read_message(call.uow.tx, message_id)).message or "").strip()
