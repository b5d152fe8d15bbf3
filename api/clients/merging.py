"""Clients who are one person: joined, and taken apart again."""

from api.access.caller import Caller
from api.access.permissions import sight
from api.clients.clients import detail, visible
from api.clients.models import ClientDetail, JoinWith
from api.errors.problems import Conflict, Invalid, NotFound
from db.ids import ClientId, MergeId
from db.queries.clients import merging as queries
from db.queries.clients.clients import find_client
from desk.clients.merging import JoinError, NobodyError, join, take_apart
from desk.unit_of_work import Desk


async def join_with(
    desk: Desk, caller: Caller, client_id: ClientId, body: JoinWith
) -> ClientDetail:
    """Have another client be the same person as this one; answers who they are by now.

    Both must be mine to see. This one is kept, with the other's contacts and sessions; each
    conversation goes on where it is. The other's id leads to the kept one from now on. Who are one
    already stay so.
    """
    kept = await visible(desk, caller, client_id)
    other = await queries.find_surviving_client(desk.tx, ClientId(body.client_id))
    if other is None or await find_client(desk.tx, other, viewer=sight(caller)) is None:
        raise Invalid.field("client_id", "names nobody whom you see", "unknown")
    try:
        now = await join(desk, kept.id, other, by=caller.agent)
    except NobodyError:
        raise NotFound from None
    except JoinError as error:
        raise Conflict(str(error)) from None
    return await detail(desk, caller, await visible(desk, caller, now))


async def separate(desk: Desk, caller: Caller, client_id: ClientId, join_id: MergeId) -> None:
    """Undo a join: each has again what is theirs by itself, also what came since."""
    kept = await visible(desk, caller, client_id)
    row = await queries.find_merge(desk.tx, join_id)
    if row is None or kept.id != await queries.find_surviving_client(desk.tx, row.kept_id):
        raise NotFound
    try:
        await take_apart(desk, join_id, by=caller.agent)
    except NobodyError:
        raise NotFound from None
    except JoinError as error:
        raise Conflict(str(error)) from None
