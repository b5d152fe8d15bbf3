"""Find the canned replies that fit a conversation's customer, and fill them in."""

from collections.abc import Mapping

from db.queries import canned_replies as queries
from db.queries.conversations.threads import Thread
from db.tables import CannedReply
from desk.actors import Actor
from desk.canned.actions import read_actions
from desk.canned.rendering import (
    CannedText,
    choose_replies,
    find_similar,
    is_shortcut,
)
from desk.formatting.variables import render
from desk.unit_of_work import UnitOfWork


async def list_replies(uow: UnitOfWork, thread: Thread) -> list[CannedText]:
    """List the replies that fit the customer, one for each shortcut."""
    return _choose_replies(uow, thread, await queries.list_for_channel(uow.tx, thread.channel_id))


async def find_reply(uow: UnitOfWork, thread: Thread, shortcut: str) -> CannedText | None:
    """Find the reply of a shortcut that fits the customer best."""
    shortcut = shortcut.lower()
    if not is_shortcut(shortcut):
        return None
    rows = await queries.list_for_channel(uow.tx, thread.channel_id, shortcut)
    return next(iter(_choose_replies(uow, thread, rows)), None)


async def suggest_shortcuts(uow: UnitOfWork, thread: Thread, shortcut: str) -> list[str]:
    """List the shortcuts that an agent may have meant."""
    return find_similar(shortcut, (each.shortcut for each in await list_replies(uow, thread)))


def fill_in(uow: UnitOfWork, thread: Thread, reply: CannedText, author: Actor) -> str:
    """Fill in a reply for a customer."""
    return render(reply.text, build_values(uow, thread, author.name))


def build_values(uow: UnitOfWork, thread: Thread, agent: str) -> Mapping[str, str]:
    """Return the value of each variable."""
    return {
        "name": thread.name,
        "first_name": (thread.name.split() or [""])[0],
        "username": f"@{thread.username}" if thread.username else "",
        "agent": agent,
        "channel": uow.channel_of(thread).name,
        "session": str(thread.session_number or thread.session_count),
    }


def _choose_replies(uow: UnitOfWork, thread: Thread, rows: list[CannedReply]) -> list[CannedText]:
    spoken = (thread.language, uow.channel_of(thread).language)
    languages = [each.partition("-")[0].lower() for each in spoken if each]
    replies = (
        CannedText(
            row.id,
            row.shortcut,
            row.title,
            row.text,
            row.language,
            row.channel_id,
            read_actions(row.actions),
        )
        for row in rows
    )
    return choose_replies(replies, channel_id=thread.channel_id, languages=languages)
