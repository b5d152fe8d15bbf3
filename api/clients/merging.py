"""Merge clients who are the same person, and undo a merge."""

from api.access.caller import Caller
from api.access.permissions import visibility_scope
from api.clients.clients import build_detail, load_visible_client
from api.clients.models import ClientDetail, MergeBody
from api.errors.problems import Conflict, NotFound, ValidationFailed
from db.ids import ClientId, MergeId
from db.queries.clients import merging as queries
from db.queries.clients.clients import find_client
from desk.clients.merging import ClientNotFoundError, MergeError, can_unmerge, merge, unmerge
from desk.unit_of_work import UnitOfWork


async def merge_clients(
    uow: UnitOfWork, caller: Caller, client_id: ClientId, body: MergeBody
) -> ClientDetail:
    """Merge another client into this one; both must be visible to the caller.

    Merging combines their history: this client is kept and gets the other's contacts and sessions.
    Each conversation continues where it is. The other's id leads to the kept client from now on.
    Two clients that are already merged stay so. Returns the surviving client.
    """
    kept = await load_visible_client(uow, caller, client_id)
    other = await queries.find_surviving_client(uow.tx, ClientId(body.client_id))
    if other is None or await find_client(uow.tx, other, viewer=visibility_scope(caller)) is None:
        raise ValidationFailed.field("client_id", "is not a client whom you may see", "unknown")
    try:
        now = await merge(uow, kept.id, other, by=caller.actor)
    except ClientNotFoundError:
        raise NotFound from None
    except MergeError as error:
        raise Conflict(str(error)) from None
    return await build_detail(uow, caller, await load_visible_client(uow, caller, now))


async def unmerge_clients(
    uow: UnitOfWork, caller: Caller, client_id: ClientId, join_id: MergeId
) -> None:
    """Undo a merge: each client gets their own data back, also what was added since.

    The caller must be able to see both clients.
    """
    kept = await load_visible_client(uow, caller, client_id)
    row = await queries.find_merge(uow.tx, join_id)
    if row is None or kept.id != await queries.find_surviving_client(uow.tx, row.kept_id):
        raise NotFound
    if not await can_unmerge(uow, caller.actor, row):
        raise NotFound
    try:
        await unmerge(uow, join_id, by=caller.actor)
    except ClientNotFoundError:
        raise NotFound from None
    except MergeError as error:
        raise Conflict(str(error)) from None
