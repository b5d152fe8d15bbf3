"""`/t`, and the buttons below drafts: templates in a conversation's topic."""

from aiogram.types import CallbackQuery, Message

from bot.convert import from_telegram
from bot.handlers.command_parser import command_of
from db.ids import MessageId, TemplateId
from db.queries.accounts.accounts import BoundAgent
from db.queries.conversations.threads import Thread
from db.tables import OutboxKind
from desk.content import Content
from desk.conversations.notices import is_told, tell_topic
from desk.conversations.threads import thread_of_topic
from desk.messages import drafts, outbound, template_commands, window
from desk.templates.lookup import by_id
from desk.unit_of_work import Buttons, Desk

COMMAND = "t"
# What its buttons begin with: see desk/messages/drafts.py.
VERBS = {"tpl", "tpls", "draft", "drop"}
_MOST_PAGES = 999
Shown = tuple[str, bool]


async def on_command(
    message: Message, desk: Desk, thread: Thread, agent: BoundAgent | None
) -> None:
    """Send the customer a template; alone it lists them as buttons."""
    _, argument = command_of(message)
    if not argument:
        text, buttons = await drafts.choice(desk, thread, None)
        payload = {"content": Content(text=text).to_json(), "buttons": buttons}
        desk.to_staff(thread, OutboxKind.STAFF_NOTICE, payload)
    elif agent is None:
        tell_topic(desk, thread, "topic.template_by_agent")
    else:
        name, given = template_commands.parsed(argument)
        said = from_telegram.said(message)
        await template_commands.asked_for(desk, thread, agent, name, given, said=said)


def on_edit(desk: Desk, thread: Thread) -> None:
    """Tell that a template stays as it was sent."""
    tell_topic(desk, thread, "topic.template_stays")


async def on_button(
    query: CallbackQuery, desk: Desk, agent: BoundAgent | None, verb: str, argument: str
) -> Shown:
    """Do what a button below a list of templates or a draft says."""
    message = query.message
    topic = str(getattr(message, "message_thread_id", ""))
    thread = None
    if message is not None:
        thread = await thread_of_topic(desk, str(message.chat.id), topic)
    if thread is None or message is None:
        return desk.for_staff("button.out_of_date"), True
    first, _, second = argument.partition(":")
    at = str(message.message_id)
    if verb == "tpls":
        return await _turn(desk, thread, at, first, second)
    if agent is None:
        return desk.for_staff("topic.template_by_agent"), True
    match verb:
        case "tpl":
            return await _choose(desk, thread, agent, at, template_id=first, about=second)
        case "draft":
            return await _send_draft(desk, thread, agent, at, MessageId(first))
    return await _discard(desk, thread, agent, at, MessageId(first))


async def _turn(desk: Desk, thread: Thread, at: str, page: str, about: str) -> Shown:
    if not (page.isdecimal() and int(page[:6]) <= _MOST_PAGES):
        return desk.for_staff("button.out_of_date"), True
    draft = MessageId(about) if about else None
    text, buttons = await drafts.choice(desk, thread, draft, int(page))
    _rewrite(desk, thread, at, text, buttons)
    return "", False


async def _choose(
    desk: Desk, thread: Thread, agent: BoundAgent, at: str, *, template_id: str, about: str
) -> Shown:
    template = await by_id(desk, thread, TemplateId(template_id))
    if template is None:
        return desk.for_staff("button.out_of_date"), True
    # Two people may press at the same moment, before either sees that the buttons are gone.
    once = f"chosen:{thread.staff_chat}:{at}"
    if await is_told(desk, once):
        return desk.for_staff("button.already_sent"), True
    if not await template_commands.attempt(desk, thread, agent, template, []):
        return desk.for_staff("button.template_not_sent"), False
    text = desk.for_staff("topic.template_chosen", agent=agent.name, name=template.name)
    left = drafts.template_buttons(desk, [], MessageId(about), 0) if about else []
    _rewrite(desk, thread, at, text, left, once=once)
    return desk.for_staff("button.sent"), False


async def _send_draft(
    desk: Desk, thread: Thread, agent: BoundAgent, at: str, message_id: MessageId
) -> Shown:
    if not window.is_open(thread, desk.channel_of(thread), desk.now):
        return desk.for_staff("button.still_closed"), True
    if not await outbound.send_draft(desk, thread, message_id, agent):
        return desk.for_staff("button.draft_gone"), True
    _rewrite(desk, thread, at, desk.for_staff("topic.draft_sent", agent=agent.name))
    return desk.for_staff("button.sent"), False


async def _discard(
    desk: Desk, thread: Thread, agent: BoundAgent, at: str, message_id: MessageId
) -> Shown:
    if not await drafts.discard(desk, thread, agent, message_id):
        return desk.for_staff("button.draft_gone"), True
    _rewrite(desk, thread, at, desk.for_staff("topic.draft_discarded", agent=agent.name))
    return desk.for_staff("button.discarded"), False


def _rewrite(
    desk: Desk,
    thread: Thread,
    at: str,
    text: str,
    buttons: Buttons | None = None,
    *,
    once: str | None = None,
) -> None:
    """Have the message below which a button was pressed say something else."""
    payload = {"content": Content(text=text).to_json(), "at": at, "buttons": buttons or []}
    desk.to_staff(thread, OutboxKind.EDIT, payload, once=once)
