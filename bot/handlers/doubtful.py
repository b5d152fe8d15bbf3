"""Handle the buttons below questions about what may be internal."""

from aiogram.types import CallbackQuery

from db.ids import MessageId
from db.queries.conversations.threads import Thread
from desk.actors import Actor, AgentActor
from desk.channels import ServedChannel
from desk.conversations.notices import edit_notice
from desk.conversations.threads import find_thread_by_topic
from desk.messages import doubtful, outbound
from desk.unit_of_work import UnitOfWork

# The verbs of its buttons; desk/messages/doubtful.py builds the buttons.
BUTTON_VERBS = {"send", "keep", "back"}
ButtonAnswer = tuple[str, bool]


async def on_button(
    query: CallbackQuery, uow: UnitOfWork, channel: ServedChannel, actor: Actor
) -> ButtonAnswer:
    """Send what was asked about, keep it among staff, or take an answer back."""
    message = query.message
    if not isinstance(actor, AgentActor):
        return uow.text_for_staff("agent.not_agent"), True
    topic = str(getattr(message, "message_thread_id", ""))
    thread = None
    if message is not None:
        thread = await find_thread_by_topic(uow, channel.id, str(message.chat.id), topic)
    if thread is None or message is None:
        return uow.text_for_staff("button.out_of_date"), True
    verb, argument = f"{query.data}:".split(":")[:2]
    if not await outbound.may_decide(uow, thread, actor, MessageId(argument)):
        return uow.text_for_staff("button.not_your_reply"), True
    refusal = await _run(uow, thread, actor, verb, MessageId(argument))
    if refusal is not None:
        return uow.text_for_staff(refusal), True
    text = uow.text_for_staff(f"topic.{_OUTCOMES[verb]}", agent=actor.name)
    edit_notice(uow, thread, (str(message.chat.id), str(message.message_id)), text)
    return text, False


_OUTCOMES = {"send": "sent_as", "keep": "kept_as_note", "back": "take_back_ordered"}


async def _run(
    uow: UnitOfWork, thread: Thread, agent: AgentActor, verb: str, message_id: MessageId
) -> str | None:
    """Do it; return the key of the reason why it was not done, or None."""
    match verb:
        case "send":
            return await doubtful.send(uow, thread, message_id, agent)
        case "keep":
            done = await doubtful.keep(uow, thread, message_id)
        case _:
            done = await doubtful.take_back(uow, thread, message_id, agent)
    return None if done else "button.out_of_date"
