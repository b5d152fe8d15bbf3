"""Change agents' status without their doing: by working hours, and because of silence."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from db.queries.accounts import presence as queries
from db.queries.accounts.accounts import BoundAgent
from db.queries.accounts.presence import AgentHours
from db.tables import AgentStatus, StatusCause
from desk.actors import SYSTEM, to_actor
from desk.business_hours import has_changed, is_open, load_hours
from desk.conversations.presence import set_status
from desk.transactions import RunsTransactions
from desk.unit_of_work import UnitOfWork

Find = Callable[[UnitOfWork], Awaitable[list[BoundAgent]]]
Change = Callable[[UnitOfWork, BoundAgent], Awaitable[None]]


async def keep_presence(transactions: RunsTransactions) -> None:
    """Set every agent's status that should change now, each in a transaction of its own."""
    for hours in await transactions.run(lambda uow: queries.list_working_hours(uow.tx)):
        await transactions.run(partial(_follow_hours, hours))
    for find, change in ((_list_back, _bring_back), (_list_silent, _send_away)):
        for agent in await transactions.run(find):
            await transactions.run(partial(_change_if_still, find, change, agent))


async def _follow_hours(about: AgentHours, uow: UnitOfWork) -> None:
    """Set an agent on- or offline if their working hours began or ended since the last time.

    In between, whatever they choose themselves stays.
    """
    hours, since = load_hours(about.hours), about.followed_at or uow.now
    if hours is None:
        return
    if has_changed(hours, since, uow.now):
        status = AgentStatus.ONLINE if is_open(hours, uow.now) else AgentStatus.OFFLINE
        agent = to_actor(about.agent)
        await set_status(uow, agent, status, by=SYSTEM, cause=StatusCause.SCHEDULE)
    await queries.mark_followed(uow.tx, about.agent.agent_id, uow.now)


async def _change_if_still(find: Find, change: Change, agent: BoundAgent, uow: UnitOfWork) -> None:
    """Change an agent's status, unless they did something since they were found."""
    if agent in await find(uow):
        await change(uow, agent)


async def _list_back(uow: UnitOfWork) -> list[BoundAgent]:
    return await queries.list_back(uow.tx)


async def _bring_back(uow: UnitOfWork, agent: BoundAgent) -> None:
    await set_status(uow, to_actor(agent), AgentStatus.ONLINE, by=SYSTEM)
    _tell(uow, agent, "agent.back")


async def _list_silent(uow: UnitOfWork) -> list[BoundAgent]:
    silence = uow.session_times.silence
    return await queries.list_silent(uow.tx, uow.now - silence) if silence else []


async def _send_away(uow: UnitOfWork, agent: BoundAgent) -> None:
    actor, cause = to_actor(agent), StatusCause.SILENCE
    await set_status(uow, actor, AgentStatus.AWAY, by=SYSTEM, cause=cause)
    silence = uow.session_times.silence or timedelta()
    _tell(uow, agent, "agent.silent", minutes=int(silence.total_seconds()) // 60)


def _tell(uow: UnitOfWork, agent: BoundAgent, key: str, **values: object) -> None:
    """Send a notice to an agent in their private chat with the bot of staff."""
    bot = uow.channels.staff_bot or next(iter(uow.channels), None)
    if agent.telegram_id is not None and bot is not None:
        text = uow.text_for_staff(key, **values)
        uow.enqueue_for_chat(bot.staff_channel_id, agent.telegram_id, text)
