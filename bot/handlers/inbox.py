"""Handle `/inbox`, `/next`, and `/help` outside a conversation."""

from aiogram.types import Message

from bot.commands.help import build_general_help
from bot.handlers.board import build_start_hint
from bot.handlers.staff_location import send_here, tell_writer
from db.queries.accounts.agents import find_own_chat
from db.queries.conversations.session_lists import list_sessions
from db.queries.conversations.session_rows import SessionRow
from db.queries.conversations.session_statements import SessionFilter
from db.queries.conversations.sessions import count_waiting
from db.queries.conversations.threads import Thread, read_by_ids
from db.tables import SessionStatus
from desk.accounts.staff import find_bound_agent
from desk.actors import AgentActor
from desk.channels import ServedChannel
from desk.conversations.console_doors import build_console_button
from desk.conversations.queue import take_next
from desk.conversations.topic_links import build_topic_url
from desk.unit_of_work import UnitOfWork

NEXT = "next"
COMMANDS = {"inbox", NEXT}
HELP = "help"
_MAX_LISTED = 30


async def on_command(
    message: Message, uow: UnitOfWork, channel: ServedChannel, command: str
) -> None:
    """Run the command of an agent, in a staff group or in their chat with the bot."""
    user = message.from_user if message.sender_chat is None else None
    agent = await find_bound_agent(uow, str(user.id)) if user else None
    if agent is None:
        text = uow.text_for_staff("agent.not_agent")
    elif command == HELP:
        text = build_general_help(uow, agent, str(message.chat.id))
    elif command == NEXT:
        text = await _take_next(uow, agent)
    else:
        text = await _list_inbox(uow, agent)
    is_private = message.chat.type == "private"
    if is_private and agent is not None and command != HELP:
        console = build_console_button(channel, uow.staff_language)
        send_here(message, uow, channel, text, buttons=console)
    elif is_private or command == NEXT:  # others see who takes whom
        send_here(message, uow, channel, text)
    else:
        tell_writer(message, uow, channel.id, text)


async def _take_next(uow: UnitOfWork, agent: AgentActor) -> str:
    thread = await take_next(uow, agent, in_telegram=True)
    if thread is None:
        has_staff_bot = uow.channels.staff_bot is not None
        if has_staff_bot and await find_own_chat(uow.tx, agent.agent_id) is None:
            return build_start_hint(uow)
        return uow.text_for_staff("command.next_none")
    text = uow.text_for_staff(
        "command.next_taken",
        customer=thread.name,
        number=thread.session_number,
        channel=uow.channel_of(thread).name,
    )
    return _with_link(text, thread)


async def _list_inbox(uow: UnitOfWork, agent: AgentActor) -> str:
    wanted = SessionFilter(status=SessionStatus.ACTIVE, holder=agent.agent_id, oldest_first=True)
    page = await list_sessions(uow.tx, wanted, start=None, limit=_MAX_LISTED)
    rows = page.rows[:_MAX_LISTED]
    ids = [each.conversation_id for each in rows]
    threads = {each.conversation_id: each for each in await read_by_ids(uow.tx, ids)} if ids else {}
    waiting = await count_waiting(uow.tx)
    lines = [uow.text_for_staff("command.inbox", count=len(page.rows), waiting=waiting)]
    for row in rows:
        line = _describe(uow, row)
        thread = threads.get(row.conversation_id)
        lines.append(_with_link(line, thread) if thread else line)
    return "\n\n".join(lines)


def _describe(uow: UnitOfWork, row: SessionRow) -> str:
    since = f"{row.created_at.astimezone(uow.zone):%m-%d %H:%M}"
    parts = [row.client_name, f"#{row.number}", row.channel_name, since]
    if row.unread_count:
        parts.append(uow.text_for_staff("command.unread", count=row.unread_count))
    return " · ".join(parts)


def _with_link(text: str, thread: Thread) -> str:
    """Add a link to the topic; groups of other kinds have no links."""
    place = next((each for each in thread.places if each.is_open and each.topic), None)
    url = build_topic_url(place.chat, place.topic) if place and place.topic else None
    return text if url is None else f"{text}\n{url}"
