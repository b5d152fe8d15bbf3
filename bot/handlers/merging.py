"""Buttons that say whether two customers are one person."""

from db.ids import ClientId, MergeId
from db.queries.accounts.accounts import BoundAgent
from db.queries.clients import merging as queries
from desk.clients.merging import JoinError, NobodyError, join, may_join, take_apart
from desk.unit_of_work import Desk

Shown = tuple[str, bool]


async def on_button(desk: Desk, agent: BoundAgent, verb: str, argument: str) -> Shown:
    """Join two customers, or take them apart, if whoever pressed may see both."""
    try:
        if verb == "join":
            kept, _, other = argument.partition(":")
            return await _join(desk, agent, ClientId(kept), ClientId(other))
        return await _take_apart(desk, agent, MergeId(argument))
    except NobodyError:
        return desk.for_staff("button.out_of_date"), True
    except JoinError as error:
        return str(error), True


async def _join(desk: Desk, agent: BoundAgent, kept: ClientId, other: ClientId) -> Shown:
    before = [await queries.find_surviving_client(desk.tx, each) for each in (kept, other)]
    if None in before:
        raise NobodyError
    if not await may_join(desk, agent, kept, other):
        return desk.for_staff("button.not_both_yours"), True
    if before[0] == before[1]:
        return desk.for_staff("button.already_joined"), False
    await join(desk, kept, other, by=agent)
    return desk.for_staff("button.joined"), False


async def _take_apart(desk: Desk, agent: BoundAgent, join_id: MergeId) -> Shown:
    row = await queries.find_merge(desk.tx, join_id)
    if row is None:
        raise NobodyError
    if not await may_join(desk, agent, row.kept_id):
        return desk.for_staff("button.not_both_yours"), True
    await take_apart(desk, join_id, by=agent)
    return desk.for_staff("button.taken_apart"), False
