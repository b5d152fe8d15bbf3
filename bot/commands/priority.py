"""Handle `/priority`: how soon a waiting session gets an agent."""

from bot.commands.call import Answer, Call, build_button
from db.tables import Priority
from desk.conversations.priority import set_priority

_NAMES = {
    Priority.LOW: "low",
    Priority.NORMAL: "normal",
    Priority.HIGH: "high",
    Priority.URGENT: "urgent",
}


async def priority(call: Call) -> Answer:
    """Set the priority of the open session: `/priority high`; alone it offers them."""
    if refusal := call.refuse_others():
        return refusal
    written = call.argument.strip().lower()
    if not written:
        return _offer(call)
    chosen = next((each for each in Priority if written in {each.value, _name(call, each)}), None)
    if chosen is None:
        return call.refuse("command.no_priority", known=", ".join(each.value for each in Priority))
    changed = await set_priority(call.uow, call.thread, chosen, by=call.by)
    key = "command.priority_set" if changed else "command.priority_is"
    return Answer(call.say(key, priority=_name(call, chosen)))


def _offer(call: Call) -> Answer:
    others = [each for each in Priority if each is not call.thread.priority]
    buttons = [[build_button(_name(call, each), "priority", each.value) for each in others]]
    now = _name(call, call.thread.priority or Priority.NORMAL)
    return Answer(call.say("command.priority_is", priority=now), buttons)


def _name(call: Call, each: Priority) -> str:
    return call.say(f"priority.{_NAMES[each]}")
