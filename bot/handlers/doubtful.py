"""Handle the buttons below questions about what may be internal."""

from db.ids import MessageId
from db.queries.conversations.threads import Thread
from desk.actors import Actor, AgentActor
from desk.conversations.notices import edit_notice
from desk.messages import doubtful, outbound
from desk.unit_of_work import UnitOfWork

# The verbs of its buttons; desk/messages/doubtful.py builds the buttons.
BUTTON_VERBS = {"send", "keep", "back"}
ButtonAnswer = tuple[str, bool]


async def on_button(
    uow: UnitOfWork, thread: Thread, actor: Actor, data: str, at: tuple[str, str]
) -> ButtonAnswer:
    """Send the message in question, keep it as a note, or take an answer back."""
    if not isinstance(actor, AgentActor):
        return uow.text_for_staff("agent.not_agent"), True
    verb, argument = f"{data}:".split(":")[:2]
    if not await outbound.may_decide(uow, thread, actor, MessageId(argument)):
        return uow.text_for_staff("button.not_your_reply"), True
    refusal = await _run(uow, thread, actor, verb, MessageId(argument))
    if refusal is not None:
        return uow.text_for_staff(refusal), True
    text = uow.text_for_staff(f"topic.{_OUTCOMES[verb]}", agent=actor.name)
    edit_notice(uow, thread, at, text)
    return text, False


_OUTCOMES = {"send": "sent_as", "keep": "kept_as_note", "back": "take_back_ordered"}


async def _run(
    uow: UnitOfWork, thread: Thread, agent: AgentActor, verb: str, message_id: MessageId
) -> str | None:
    """Run the action; return the key of the text that says why it failed, or None."""
    match verb:
        case "send":
            return await doubtful.send(uow, thread, message_id, agent)
        case "keep":
            done = await doubtful.keep(uow, thread, message_id)
        case _:
            done = await doubtful.take_back(uow, thread, message_id, agent)
    return None if done else "button.out_of_date"
