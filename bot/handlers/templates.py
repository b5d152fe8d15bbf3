"""Handle `/t` and the buttons below drafts: templates in a conversation's topic."""

from aiogram.types import Message

from bot.convert import from_telegram
from bot.handlers.command_parser import parse_command
from db.ids import MessageId, TemplateId
from db.queries.conversations.threads import Thread
from desk.actors import Actor, AgentActor
from desk.conversations.notices import edit_notice, is_already_sent, notify_topic
from desk.messages import drafts, outbound, template_commands, window
from desk.templates.lookup import get_template
from desk.unit_of_work import UnitOfWork

COMMAND = "t"
# The verbs of its buttons; desk/messages/drafts.py builds the buttons.
BUTTON_VERBS = {"tpl", "tpls", "draft", "drop"}
_MAX_PAGES = 999
ButtonAnswer = tuple[str, bool]
# The message below which a button was pressed: its chat and id.
_At = tuple[str, str]


async def on_command(message: Message, uow: UnitOfWork, thread: Thread, author: Actor) -> None:
    """Send the customer a template; without an argument, list the templates as buttons."""
    _, argument = parse_command(message)
    if not argument:
        text, buttons = await drafts.build_question(uow, thread, None)
        uow.enqueue_staff_notice(thread, text, buttons=buttons)
    elif not isinstance(author, AgentActor):
        notify_topic(uow, thread, "topic.template_by_agent")
    else:
        name, given = template_commands.parse_arguments(argument)
        said = from_telegram.to_incoming_message(message)
        await template_commands.send_by_name(uow, thread, author, name, given, said=said)


def on_edit(uow: UnitOfWork, thread: Thread) -> None:
    """Explain that a sent template cannot be edited."""
    notify_topic(uow, thread, "topic.template_stays")


async def on_button(
    uow: UnitOfWork, thread: Thread, actor: Actor, data: str, at: _At
) -> ButtonAnswer:
    """Run the action of a button below a list of templates or a draft."""
    verb, first, second = f"{data}::".split(":")[:3]
    if verb == "tpls":
        return await _turn_page(uow, thread, at, first, second)
    if not isinstance(actor, AgentActor):
        return uow.text_for_staff("topic.template_by_agent"), True
    if verb == "tpl":
        return await _send_template(uow, thread, actor, at, template_id=first, about=second)
    draft = MessageId(first)
    if not await outbound.may_decide(uow, thread, actor, draft):
        return uow.text_for_staff("button.not_your_reply"), True
    if verb == "draft":
        return await _send_draft(uow, thread, actor, at, draft)
    return await _discard_draft(uow, thread, actor, at, draft)


async def _turn_page(
    uow: UnitOfWork, thread: Thread, at: _At, page: str, about: str
) -> ButtonAnswer:
    if not (page.isdecimal() and int(page[:6]) <= _MAX_PAGES):
        return uow.text_for_staff("button.out_of_date"), True
    draft = MessageId(about) if about else None
    text, buttons = await drafts.build_question(uow, thread, draft, int(page))
    edit_notice(uow, thread, at, text, buttons=buttons)
    return "", False


async def _send_template(
    uow: UnitOfWork, thread: Thread, agent: AgentActor, at: _At, *, template_id: str, about: str
) -> ButtonAnswer:
    template = await get_template(uow, thread, TemplateId(template_id))
    if template is None:
        return uow.text_for_staff("button.out_of_date"), True
    # Two people may press at the same moment, before either sees that the buttons are gone.
    dedup_key = f"chosen:{at[0]}:{at[1]}"
    if await is_already_sent(uow, dedup_key):
        return uow.text_for_staff("button.already_sent"), True
    if not await template_commands.try_send(uow, thread, agent, template, []):
        return uow.text_for_staff("button.template_not_sent"), False
    text = uow.text_for_staff("topic.template_chosen", agent=agent.name, name=template.name)
    left = drafts.build_template_buttons(uow, [], MessageId(about), 0) if about else []
    edit_notice(uow, thread, at, text, buttons=left, dedup_key=dedup_key)
    return uow.text_for_staff("button.sent"), False


async def _send_draft(
    uow: UnitOfWork, thread: Thread, agent: AgentActor, at: _At, message_id: MessageId
) -> ButtonAnswer:
    if not window.is_open(thread, uow.channel_of(thread), uow.now):
        return uow.text_for_staff("button.still_closed"), True
    if not await outbound.send_draft(uow, thread, message_id, agent):
        return uow.text_for_staff("button.draft_gone"), True
    edit_notice(uow, thread, at, uow.text_for_staff("topic.draft_sent", agent=agent.name))
    return uow.text_for_staff("button.sent"), False


async def _discard_draft(
    uow: UnitOfWork, thread: Thread, agent: AgentActor, at: _At, message_id: MessageId
) -> ButtonAnswer:
    if not await drafts.discard(uow, thread, agent, message_id):
        return uow.text_for_staff("button.draft_gone"), True
    edit_notice(uow, thread, at, uow.text_for_staff("topic.draft_discarded", agent=agent.name))
    return uow.text_for_staff("button.discarded"), False
