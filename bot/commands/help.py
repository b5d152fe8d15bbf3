"""Handle `/help` in a conversation: the commands that fit its state and the person."""

from bot.commands.call import Answer, Call

# What needs an open session, what needs that there is none, and what always works.
_OPEN = ("end", "transfer", "tag", "priority", "snooze")
_WAITING = ("claim",)
_ENDED = ("reopen",)
_ALWAYS = ("r", "t", "delete", "client", "history", "merge", "try", "ai", "suggest", "translate")
_OWN = ("next", "inbox", "online", "busy", "away", "offline", "status")
_ADMIN = ("assign", "qr", "texts", "hours")


async def show_help(call: Call) -> Answer:
    """List the commands that do something here now, for this person."""
    thread, names = call.thread, list[str]()
    if thread.session_id is None:
        names += _ENDED
    else:
        names += _OPEN
        if thread.holder_id is None or thread.is_held_by_ai:
            names += _WAITING
    names += [*_ALWAYS, "unblock" if thread.is_blocked else "block", *_OWN]
    if call.by.is_admin or call.by.anonymous_in is not None:
        names += _ADMIN
    lines = [f"/{each} – {call.say(f'menu.{each}')}" for each in names]  # noqa: RUF001 as in texts
    return Answer("\n".join([call.say("topic.help"), *lines]))
