"""Handle agents' commands about themselves: link an account, set or show the presence."""

from aiogram.types import CallbackQuery, Message

from bot.convert.from_telegram import to_incoming_message
from bot.handlers.staff_location import edit_here, send_here
from db.ids import ConversationId
from db.queries.conversations import sessions
from db.queues.payloads import Buttons
from db.tables import AgentStatus, StatusCause
from desk.accounts.binding import is_link_code, redeem_link_code
from desk.accounts.exposed_codes import void_exposed_code
from desk.accounts.staff import find_bound_agent, find_or_enrol_agent
from desk.actors import AgentActor, to_actor
from desk.channels import ServedChannel
from desk.conversations import presence
from desk.conversations.console_doors import (
    build_console_button,
    hide_menu_button,
    show_menu_button,
)
from desk.conversations.own_chats import open_own_chat
from desk.conversations.staff_members import leave_customers
from desk.unit_of_work import UnitOfWork

BUTTON_VERB = "presence"
_OFFERED = (AgentStatus.ONLINE, AgentStatus.BUSY, AgentStatus.AWAY, AgentStatus.OFFLINE)
_MAX_ALERT = 200  # Telegram shows no more of an answer to a button
# A deep link carries a code as /start link_CODE.
LINK_PREFIX = "link_"
# The answers below which an agent can open the console.
_WITH_CONSOLE = {"agent.linked", "agent.private_hint"}


def find_link_code(command: str | None, argument: str) -> str | None:
    """Return the code that a command carries; several words after `/link` are not a code."""
    if command == "start" and argument.startswith(LINK_PREFIX):
        return argument.removeprefix(LINK_PREFIX)
    is_code = argument != "" and (len(argument.split()) == 1 or is_link_code(argument))
    return argument if command == "link" and is_code else None


async def on_link(message: Message, uow: UnitOfWork, channel: ServedChannel, argument: str) -> None:
    """Bind the author's Telegram account to the agent that the code was created for."""
    user = message.from_user
    if user is None:
        return
    if not argument:
        _reply(message, uow, channel, "agent.link_usage")
        return
    bound = await redeem_link_code(
        uow.tx,
        argument,
        telegram_id=str(user.id),
        telegram_name=user.full_name,
        now=uow.now,
    )
    uow.bound_agents.pop(str(user.id), None)
    if bound is None:
        _reply(message, uow, channel, "agent.link_failed")
        return
    agent = to_actor(bound.agent)
    await leave_customers(uow, str(user.id), agent)
    if channel.is_staff_bot:
        await open_own_chat(uow, agent)
    if bound.former_telegram_id is not None:
        hide_menu_button(uow, bound.former_telegram_id)
    show_menu_button(uow, str(user.id))
    _reply(message, uow, channel, "agent.linked", name=agent.name)


def on_conversation_link(
    message: Message, uow: UnitOfWork, channel: ServedChannel, conversation_id: ConversationId
) -> None:
    """Answer an agent who followed the link of a card with the button that opens the console."""
    buttons = build_console_button(channel, uow.staff_language, conversation_id)
    text = uow.text_for_staff("console.here" if buttons else "button.out_of_date")
    send_here(message, uow, channel, text, buttons=buttons)


async def on_code_in_group(
    message: Message, uow: UnitOfWork, channel: ServedChannel, code: str
) -> None:
    """Void a code that everybody in a group could read."""
    user = message.from_user
    await void_exposed_code(
        uow,
        channel,
        code,
        to_incoming_message(message),
        author=user.full_name if user else "?",
        topic=str(message.message_thread_id) if message.is_topic_message else None,
    )


async def on_presence(
    message: Message, uow: UnitOfWork, channel: ServedChannel, command: str
) -> None:
    """Set or report an agent's presence."""
    agent = await find_author(message, uow, channel)
    if agent is None:
        _reply(message, uow, channel, "agent.not_agent")
        return
    text = await run_presence_command(uow, agent, command)
    buttons = _build_buttons(uow) if command == "status" else None
    send_here(message, uow, channel, text, buttons=buttons)


async def run_presence_command(uow: UnitOfWork, agent: AgentActor, command: str) -> str:
    """Set an agent's status, or only read it (`status`), and return what to tell them."""
    if command == "status":
        now = await presence.get_presence(uow, agent)
    else:
        now = await presence.set_status(uow, agent, AgentStatus(command))
    text = uow.text_for_staff(
        f"agent.{command}",
        name=now.name,
        status=uow.text_for_staff(f"presence.{now.status.value}"),
        active=now.active_sessions,
        live=now.live_sessions,
        capacity=now.capacity,
        waiting=await sessions.count_waiting(uow.tx),
    )
    if now.cause is StatusCause.CHOICE or now.since is None:
        return text
    return f"{text}\n{uow.text_for_staff(f'agent.by_{now.cause.value}', since=now.since)}"


async def press(
    query: CallbackQuery, uow: UnitOfWork, channel: ServedChannel, agent: AgentActor, status: str
) -> tuple[str, bool]:
    """Handle the button of a status; return what to tell who pressed, and whether to confirm it."""
    if status not in list(AgentStatus):
        return uow.text_for_staff("button.out_of_date"), True
    told = (await run_presence_command(uow, agent, status))[:_MAX_ALERT]
    message = query.message
    # In a group the message shows the status of the agent who asked; another one may press.
    if isinstance(message, Message) and message.chat.type == "private":
        shown = await run_presence_command(uow, agent, "status")
        edit_here(message, uow, channel, shown, buttons=_build_buttons(uow))
    return told, True


def _build_buttons(uow: UnitOfWork) -> Buttons:
    """Build the buttons of all statuses; each sets that of the person who presses it."""
    found = [
        {
            "text": uow.text_for_staff(f"presence.{each.value}"),
            "data": f"{BUTTON_VERB}:{each.value}",
        }
        for each in _OFFERED
    ]
    return [found[:2], found[2:]]


async def on_private(
    message: Message, uow: UnitOfWork, channel: ServedChannel, agent: AgentActor
) -> None:
    """Explain to an agent who writes to the bot where customers are answered."""
    if message.text == "/start":
        show_menu_button(uow, str(message.chat.id))
    desk_bot = uow.channels.find_desk_bot(channel.id)
    if message.content_type == "text" and desk_bot is not None:
        bot = desk_bot.settings.get("username") or desk_bot.name
        _reply(message, uow, channel, "own_chat.private_hint", name=agent.name, bot=bot)
    elif message.content_type == "text":
        _reply(message, uow, channel, "agent.private_hint", name=agent.name)


async def find_author(
    message: Message, uow: UnitOfWork, channel: ServedChannel
) -> AgentActor | None:
    """Find the agent who wrote a command; in a group, enrol a member who may answer."""
    user = message.from_user
    if user is None or message.sender_chat is not None:
        return None
    if message.chat.type == "private":
        return await find_bound_agent(uow, str(user.id))
    return await find_or_enrol_agent(uow, channel, str(user.id), user.full_name)


def _reply(
    message: Message, uow: UnitOfWork, channel: ServedChannel, key: str, **values: object
) -> None:
    buttons = None
    if key in _WITH_CONSOLE and message.chat.type == "private":
        buttons = build_console_button(channel, uow.staff_language)
    send_here(message, uow, channel, uow.text_for_staff(key, **values), buttons=buttons)
