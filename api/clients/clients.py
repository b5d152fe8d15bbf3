"""Clients, seen and changed."""

from api.caller import Caller
from api.clients.models import ClientChanges, ClientDetail, ClientOut, ClientQuery, ContactOut
from api.errors import Invalid, NotFound
from api.paging import Cursor, Page, page_of
from api.policy import sight
from api.sessions.lists import page_of_sessions
from api.sessions.models import ClientSessionQuery, SessionOut
from db.ids import ClientId
from db.queries.client_lists import list_clients
from db.queries.clients import ClientRow, contacts_of, one_client
from desk import clients
from desk.desk import Desk


async def list_all(desk: Desk, caller: Caller, query: ClientQuery) -> Page[ClientOut]:
    """List clients of whom I may see a session, the newest first."""
    found = await list_clients(
        desk.tx, eyes=sight(caller), words=query.q, start=query.start, limit=query.limit
    )
    edge = None if found.edge is None else Cursor(found.edge.at, found.edge.id)
    return page_of(found.rows, query, ClientOut.model_validate, _key, edge=edge)


async def show(desk: Desk, caller: Caller, client_id: ClientId) -> ClientDetail:
    """Show a client with their addresses."""
    return await _detail(desk, await _visible(desk, caller, client_id))


async def list_sessions(
    desk: Desk, caller: Caller, client_id: ClientId, query: ClientSessionQuery
) -> Page[SessionOut]:
    """List a client's sessions that I may see, the newest first."""
    await _visible(desk, caller, client_id)
    return await page_of_sessions(desk, caller, query, client_id)


async def change(
    desk: Desk, caller: Caller, client_id: ClientId, body: ClientChanges
) -> ClientDetail:
    """Give a client another name, or note their phone number; their topics show it."""
    await _visible(desk, caller, client_id)
    if body.name is not None:
        name = " ".join(body.name.split())
        if not name:
            raise Invalid.field("name", "has no letters", "blank")
        await clients.rename(desk, client_id, name, by=caller.agent)
    if "phone" in body.model_fields_set:
        await clients.set_phone(desk, client_id, body.phone, by=caller.agent)
    return await _detail(desk, await _visible(desk, caller, client_id))


async def block(desk: Desk, caller: Caller, client_id: ClientId) -> ClientDetail:
    """Take in nothing more that a client writes; for one who is blocked nothing changes."""
    await _visible(desk, caller, client_id)
    await clients.block(desk, client_id, by=caller.agent)
    return await _detail(desk, await _visible(desk, caller, client_id))


async def unblock(desk: Desk, caller: Caller, client_id: ClientId) -> ClientDetail:
    """Take in again what a client writes; for one who is not blocked nothing changes."""
    await _visible(desk, caller, client_id)
    await clients.unblock(desk, client_id, by=caller.agent)
    return await _detail(desk, await _visible(desk, caller, client_id))


async def _visible(desk: Desk, caller: Caller, client_id: ClientId) -> ClientRow:
    row = await one_client(desk.tx, client_id, eyes=sight(caller))
    if row is None:
        raise NotFound
    return row


async def _detail(desk: Desk, row: ClientRow) -> ClientDetail:
    shown = ClientOut.model_validate(row)
    contacts = [ContactOut.model_validate(each) for each in await contacts_of(desk.tx, row.id)]
    return ClientDetail(**dict(shown), contacts=contacts)


def _key(row: ClientRow) -> Cursor:
    return Cursor(row.created_at, row.id)
