"""Count the figures of sessions again from what is stored, with the same steps."""

from collections.abc import Callable, Collection

from db.database import Transaction
from db.ids import ChannelId, SessionId
from db.queries.channels.channels import list_opening_hours
from db.queries.metrics.facts import SessionFacts, read_facts
from db.queries.metrics.figures import SessionFigures, lock_figures, save_figures
from db.tables.base import now_utc
from desk.business_hours import Hours, load_hours
from desk.metrics import counting

GetHours = Callable[[ChannelId], Hours | None]


async def recount_sessions(
    tx: Transaction, ids: Collection[SessionId], get_hours: GetHours
) -> None:
    """Write the figures of these sessions anew, from their messages and handovers."""
    if not ids:
        return
    # Locked first: what others add meanwhile is added to the new figures.
    await lock_figures(tx, ids)
    facts = await read_facts(tx, sorted(ids))
    figures = [count_again(each, get_hours(each.channel_id)) for each in facts]
    await save_figures(tx, figures, now_utc())


async def load_hours_of_channels(tx: Transaction) -> GetHours:
    """Load the opening hours of all channels, where no process has them in memory."""
    stored = await list_opening_hours(tx)
    return {
        channel_id: None if hours is None else load_hours(hours)
        for channel_id, hours in stored.items()
    }.__getitem__


def count_again(facts: SessionFacts, hours: Hours | None) -> SessionFigures:
    """Count the figures of a session from what is stored of it."""
    figures = SessionFigures(
        facts.session_id, facts.conversation_id, facts.channel_id, facts.opened_at
    )
    for said in facts.messages:
        counting.count_message(figures, said.sender, said.author_id, said.at, hours)
    figures.agent_id = facts.agent_id
    if facts.first_held_at is not None:
        counting.set_first_held(figures, facts.first_held_at, hours)
    if facts.ended_at is not None:
        counting.end(figures, facts.ended_at, hours)
    figures.handover_count, figures.reopen_count = facts.handover_count, facts.reopen_count
    return figures
