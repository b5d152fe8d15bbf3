"""Handle `/help` in a conversation: the commands that fit its state and the person."""

from collections.abc import Iterable

from bot.commands.call import Answer, Call
from desk.actors import AgentActor
from desk.unit_of_work import UnitOfWork

# What needs an open session, what needs that there is none, and what always works.
_OPEN = ("end", "transfer", "tag", "priority", "snooze")
_WAITING = ("claim",)
_ENDED = ("reopen",)
_ALWAYS = (
    *("r", "t", "delete", "client", "history", "merge", "lang"),
    *("try", "ai", "suggest", "translate"),
)
_OWN = ("next", "inbox", "online", "busy", "away", "offline", "status", "schedule")
_ADMIN_ANYWHERE = ("texts", "hours", "sla", "broadcast")
_ADMIN_IN_GROUPS = ("qr",)


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
        names += ["assign", *_list_for_admins(call.chat)]
    return Answer("\n".join([call.say("topic.help"), *_describe(call.uow, names)]))


def build_general_help(uow: UnitOfWork, agent: AgentActor, chat: str) -> str:
    """Return the commands that work in a chat outside a conversation, for this agent."""
    names = [*_OWN, *_list_for_admins(chat)] if agent.is_admin else _OWN
    return "\n".join([uow.text_for_staff("command.general_help"), *_describe(uow, names)])


def _list_for_admins(chat: str) -> list[str]:
    is_group = chat.startswith("-")
    return [*(_ADMIN_IN_GROUPS if is_group else ()), *_ADMIN_ANYWHERE]


def _describe(uow: UnitOfWork, names: Iterable[str]) -> list[str]:
    return [f"/{each} – {uow.text_for_staff(f'menu.{each}')}" for each in names]  # noqa: RUF001 as in texts
