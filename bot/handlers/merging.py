"""Handle the buttons that merge two customers and undo a merge."""

from db.ids import ClientId, MergeId
from db.queries.clients import merging as queries
from desk.actors import AgentActor
from desk.clients.merging import ClientNotFoundError, MergeError, can_merge, merge, unmerge
from desk.unit_of_work import UnitOfWork

ButtonAnswer = tuple[str, bool]


async def on_button(uow: UnitOfWork, agent: AgentActor, verb: str, argument: str) -> ButtonAnswer:
    """Merge two customers or undo a merge, if the agent who pressed may see both."""
    try:
        if verb == "join":
            kept, _, other = argument.partition(":")
            return await _merge(uow, agent, ClientId(kept), ClientId(other))
        return await _unmerge(uow, agent, MergeId(argument))
    except ClientNotFoundError:
        return uow.text_for_staff("button.out_of_date"), True
    except MergeError as error:
        return str(error), True


async def _merge(
    uow: UnitOfWork, agent: AgentActor, kept: ClientId, other: ClientId
) -> ButtonAnswer:
    before = [await queries.find_surviving_client(uow.tx, each) for each in (kept, other)]
    if None in before:
        raise ClientNotFoundError
    if not await can_merge(uow, agent, kept, other):
        return uow.text_for_staff("button.not_both_yours"), True
    if before[0] == before[1]:
        return uow.text_for_staff("button.already_merged"), False
    await merge(uow, kept, other, by=agent)
    return uow.text_for_staff("button.merged"), False


async def _unmerge(uow: UnitOfWork, agent: AgentActor, merge_id: MergeId) -> ButtonAnswer:
    row = await queries.find_merge(uow.tx, merge_id)
    if row is None:
        raise ClientNotFoundError
    if not await can_merge(uow, agent, row.kept_id):
        return uow.text_for_staff("button.not_both_yours"), True
    await unmerge(uow, merge_id, by=agent)
    return uow.text_for_staff("button.unmerged"), False
