"""Canned replies at hand in a conversation: which fit its customer, and filled in for them."""

from collections.abc import Mapping

from db.queries import canned_replies as queries
from db.queries.accounts.accounts import BoundAgent
from db.queries.conversations.threads import Thread
from db.tables import CannedReply
from desk.canned.rendering import Canned, best, is_shortcut, near, render
from desk.unit_of_work import Desk


async def listed(desk: Desk, thread: Thread) -> list[Canned]:
    """List the replies that fit the customer, one for each shortcut."""
    return _best(desk, thread, await queries.list_for_channel(desk.tx, thread.channel_id))


async def found(desk: Desk, thread: Thread, shortcut: str) -> Canned | None:
    """Find the reply under a shortcut that fits the customer best."""
    shortcut = shortcut.lower()
    if not is_shortcut(shortcut):
        return None
    rows = await queries.list_for_channel(desk.tx, thread.channel_id, shortcut)
    return next(iter(_best(desk, thread, rows)), None)


async def meant(desk: Desk, thread: Thread, shortcut: str) -> list[str]:
    """List the shortcuts that somebody may have meant."""
    return near(shortcut, (each.shortcut for each in await listed(desk, thread)))


def filled_in(
    desk: Desk, thread: Thread, reply: Canned, agent: BoundAgent | None, name: str
) -> str:
    """Fill a reply in for a customer; `name` is who sends it, where that is no agent."""
    return render(reply.text, values_for(desk, thread, agent.name if agent else name))


def values_for(desk: Desk, thread: Thread, agent: str) -> Mapping[str, str]:
    """Tell what stands in the place of each variable."""
    return {
        "name": thread.name,
        "first_name": (thread.name.split() or [""])[0],
        "username": f"@{thread.username}" if thread.username else "",
        "agent": agent,
        "channel": desk.channel_of(thread).name,
        "session": str(thread.session_number or thread.session_count),
    }


def _best(desk: Desk, thread: Thread, rows: list[CannedReply]) -> list[Canned]:
    spoken = (thread.language, desk.channel_of(thread).language)
    languages = [each.partition("-")[0].lower() for each in spoken if each]
    replies = (
        Canned(row.id, row.shortcut, row.title, row.text, row.language, row.channel_id)
        for row in rows
    )
    return best(replies, channel_id=thread.channel_id, languages=languages)
