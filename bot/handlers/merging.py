"""Handle the buttons that merge two customers and undo a merge."""

from db.ids import ClientId, MergeId
from db.queries.clients import merging as queries
from db.queries.conversations.threads import Thread
from desk.actors import AgentActor
from desk.clients.merging import (
    ClientNotFoundError,
    MergeError,
    can_merge,
    can_unmerge,
    merge,
    unmerge,
)
from desk.unit_of_work import UnitOfWork

ButtonAnswer = tuple[str, bool]


async def on_button(
    uow: UnitOfWork, agent: AgentActor, verb: str, argument: str, here: Thread | None
) -> ButtonAnswer:
    """Merge two customers or undo a merge, if the agent who pressed may see both.

    One of them must be the customer of `here`, the conversation where the button stands. It is None
    if the button is so old that this is not known.
    """
    try:
        if verb == "join":
            kept, _, other = argument.partition(":")
            return await _merge(uow, agent, ClientId(kept), ClientId(other), here)
        return await _unmerge(uow, agent, MergeId(argument), here)
    except ClientNotFoundError:
        return uow.text_for_staff("button.out_of_date"), True
    except MergeError as error:
        return uow.reason_for_staff(error), True


async def _merge(
    uow: UnitOfWork, agent: AgentActor, kept: ClientId, other: ClientId, here: Thread | None
) -> ButtonAnswer:
    before = [await queries.find_surviving_client(uow.tx, each) for each in (kept, other)]
    if None in before or (here is not None and here.client_id not in before):
        raise ClientNotFoundError
    if not await can_merge(uow, agent, kept, other):
        return uow.text_for_staff("button.not_both_yours"), True
    if before[0] == before[1]:
        return uow.text_for_staff("button.already_merged"), False
    await merge(uow, kept, other, by=agent)
    return uow.text_for_staff("button.merged"), False


async def _unmerge(
    uow: UnitOfWork, agent: AgentActor, merge_id: MergeId, here: Thread | None
) -> ButtonAnswer:
    row = await queries.find_merge(uow.tx, merge_id)
    if row is None or (here is not None and not await _concerns(uow, row.kept_id, here)):
        raise ClientNotFoundError
    if not await can_unmerge(uow, agent, row):
        return uow.text_for_staff("button.not_both_yours"), True
    await unmerge(uow, merge_id, by=agent)
    return uow.text_for_staff("button.unmerged"), False


async def _concerns(uow: UnitOfWork, kept: ClientId, here: Thread) -> bool:
    """Check whether a merge is about the customer of this conversation."""
    return here.client_id in {kept, await queries.find_surviving_client(uow.tx, kept)}
